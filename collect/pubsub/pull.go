package pubsub

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
)

const (
	// pullMessages is how many messages are taken at a time; fewer after an answer
	// that was too long.
	pullMessages = 200
	// pause is how long nothing is asked after an answer without messages.
	pause = 500 * time.Millisecond
)

// DefaultEndpoint is where Google's API is.
const DefaultEndpoint = "https://pubsub.googleapis.com"

// subscriptionName is how subscriptions are called.
var subscriptionName = regexp.MustCompile(`^projects/[^/\s]+/subscriptions/[^/\s]+$`)

// PullOptions are those of NewPuller. Subscription and the Feed are needed.
type PullOptions struct {
	// Subscription is projects/PROJECT/subscriptions/NAME. It must not push.
	Subscription string
	// Endpoint is the API's URL; "" means DefaultEndpoint.
	Endpoint string
	// Key is the service account's, which needs the role
	// roles/pubsub.subscriber; nil for an emulator.
	Key *Key
	// Authorities vouch for the endpoint's certificate; nil means the system's.
	Authorities *x509.CertPool
	intake.Feed
}

// A Puller reads one subscription. It runs once.
type Puller struct {
	o      PullOptions
	from   audit.Origin
	client *http.Client
	live   *audit.Live
	most   int // messages at a time
}

// NewPuller returns a Puller that waits for Run. The error says which option is
// wrong; the API is not asked yet.
func NewPuller(o PullOptions) (*Puller, error) {
	if o.Endpoint == "" {
		o.Endpoint = DefaultEndpoint
	}
	o.Endpoint = strings.TrimSuffix(o.Endpoint, "/")
	u, err := url.Parse(o.Endpoint)
	switch {
	case !subscriptionName.MatchString(o.Subscription):
		return nil, fmt.Errorf("pubsub: %q is no subscription: write projects/PROJECT/subscriptions/NAME", o.Subscription)
	case err != nil || !secure(u):
		return nil, fmt.Errorf("pubsub: %q is no https URL of the API", o.Endpoint)
	}
	live, err := o.Open()
	if err != nil {
		return nil, fmt.Errorf("pubsub: %w", err)
	}
	p := &Puller{o: o, from: audit.Origin{Source: "pubsub/" + o.Subscription, Cluster: o.Cluster}, client: newClient(o.Key, o.Authorities), live: live, most: pullMessages}
	o.Ledger.Expect(p.from.Source)
	return p, nil
}

// received is an answer to a pull.
type received struct {
	Messages []struct {
		AckID   string          `json:"ackId"`
		Message json.RawMessage `json:"message"`
	} `json:"receivedMessages"`
}

// Run reads until ctx ends. What fails is logged and tried again.
func (p *Puller) Run(ctx context.Context) error {
	defer p.client.CloseIdleConnections()
	for wait := intake.FirstWait; ctx.Err() == nil; {
		n, err := p.round(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			p.o.Ledger.Troubled(p.from.Source, err.Error())
			p.o.Log.Warn("a subscription cannot be read; it is tried again", "subscription", p.o.Subscription, "error", err)
			intake.Sleep(ctx, time.Duration(float64(wait)*(0.75+rand.Float64()/2)))
			wait = min(2*wait, intake.LastWait)
			continue
		case n == 0:
			p.o.Ledger.Troubled(p.from.Source, "")
			intake.Sleep(ctx, pause)
		}
		wait = intake.FirstWait
	}
	return nil
}

// round takes some messages, makes their events durable and acknowledges them
// then.
func (p *Puller) round(ctx context.Context) (n int, err error) {
	path := p.o.Endpoint + "/v1/" + p.o.Subscription
	var got received
	err = call(ctx, p.client, path+":pull", map[string]any{"maxMessages": p.most}, &got)
	if errors.Is(err, errLarge) && p.most > 1 {
		p.most /= 2
		return 1, nil // at once, for fewer
	}
	if err != nil {
		return 0, fmt.Errorf("pull: %w", err)
	}
	if len(got.Messages) == 0 {
		return 0, nil
	}
	var lines bytes.Buffer
	ids := make([]string, 0, len(got.Messages))
	for _, m := range got.Messages {
		lines.WriteString(`{"message":`) // the form in which Pub/Sub pushes it
		if json.Compact(&lines, m.Message) != nil {
			lines.WriteString("null") // the answer was JSON, so there is no message
		}
		lines.WriteString("}\n")
		ids = append(ids, m.AckID)
	}
	if err := p.take(ctx, lines.Bytes()); err != nil {
		return len(ids), err
	}
	if err := call(ctx, p.client, path+":acknowledge", map[string]any{"ackIds": ids}, nil); err != nil {
		// They come again, and are known then.
		return len(ids), fmt.Errorf("acknowledge: %w", err)
	}
	return len(ids), nil
}

// take makes the events of messages durable, however long that takes: Pub/Sub
// brings them again meanwhile, and they are known then. What cannot be read in
// them is counted; it would be no better if it came again. An error means that
// ctx ended.
func (p *Puller) take(ctx context.Context, lines []byte) error {
	p.o.Ledger.Read(p.from.Source, int64(len(lines)))
	return p.live.Lines(p.from, lines, 1, 0, func(b *audit.Batch) error { return p.o.Deliver(ctx, b) })
}
