package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// quarantineAge is how long unreadable batches are kept.
const quarantineAge = 30 * 24 * time.Hour

// Bus is an open bus. It may be used by several goroutines.
type Bus struct {
	opts       Options
	embedded   *embedded // nil on a cluster
	conn       *nats.Conn
	js         jetstream.JetStream
	partitions []*partition
	quarantine jetstream.Stream
	floors     jetstream.KeyValue // what each consumer has acknowledged
	part       int                // greatest message of a payload
	bundle     int                // greatest message of several payloads

	quarantined, incomplete atomic.Int64

	stopGuard context.CancelFunc // nil on a cluster
	guards    sync.WaitGroup

	mu     sync.Mutex
	closed bool
}

// Open starts or connects to the bus and makes what it lacks there. It ends
// early with ctx.
func Open(ctx context.Context, opts Options) (*Bus, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	for began := time.Now(); ; {
		b := &Bus{opts: opts, part: maxPart, bundle: maxPart}
		err := b.open(ctx)
		if err == nil {
			return b, nil
		}
		err = errors.Join(err, b.Close())
		if opts.URL == "" || !unsettled(err) || ctx.Err() != nil || time.Since(began) > settleTime {
			return nil, err
		}
		opts.Log.Warn("the servers of the bus do not answer for now, as while they elect a leader; trying again", "error", err)
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(settleEvery):
		}
	}
}

const (
	// settleTime is after how long Open gives a cluster up that is reached and does not answer, as while a server dies or
	// starts; settleEvery is how long it waits before it tries again.
	settleTime  = 3 * time.Minute
	settleEvery = time.Second
)

// unsettled reports whether an error is of a cluster that may answer before long: it has no leader, or the one it had does
// not answer any more.
func unsettled(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.Code == 503 && api.ErrorCode != jetstream.JSErrCodeJetStreamNotEnabled && api.ErrorCode != jetstream.JSErrCodeJetStreamNotEnabledForAccount ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, nats.ErrNoResponders) ||
		errors.Is(err, jetstream.ErrNoStreamResponse)
}

// apiTimeout is how long the server may take to make a stream or a bucket: on
// a disk that is busy it syncs several files for each.
const apiTimeout = 30 * time.Second

func (b *Bus) open(ctx context.Context) error {
	if err := b.connect(); err != nil {
		return err
	}
	largest := int(b.conn.MaxPayload()) - partHead
	b.part, b.bundle = min(maxPart, largest), min(maxBundleBytes, largest)
	var err error
	if b.js, err = jetstream.New(b.conn, jetstream.WithDefaultTimeout(apiTimeout)); err != nil {
		return fmt.Errorf("bus: use JetStream: %w", err)
	}
	b.floors, err = b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: b.opts.Name + "_floors", Description: "what each consumer of events has acknowledged", Replicas: b.opts.Replicas,
	})
	if err != nil {
		return fmt.Errorf("bus: make the bucket of positions: %w", err)
	}
	b.quarantine, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: b.opts.Name + "_quarantine", Subjects: []string{b.opts.Name + ".quarantine.>"},
		Description: "batches that a consumer could not read", Replicas: b.opts.Replicas,
		MaxBytes: quarantineBytes, MaxAge: quarantineAge, Discard: jetstream.DiscardOld, AllowAtomicPublish: true,
	})
	if err != nil {
		return fmt.Errorf("bus: make the quarantine: %w", err)
	}
	for i := range b.opts.Partitions {
		p, err := b.openPartition(ctx, i)
		if err != nil {
			return err
		}
		b.partitions = append(b.partitions, p)
	}
	return nil
}

// connect starts the embedded server, or reaches the cluster.
func (b *Bus) connect() error {
	log := b.opts.Log.With("component", "bus")
	to := []nats.Option{
		nats.Name(b.opts.Name), nats.MaxReconnects(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("connection lost; trying again", "error", err)
			}
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("connection", "error", err) }),
	}
	var err error
	if b.opts.URL != "" {
		if b.opts.Credentials != "" {
			to = append(to, nats.UserCredentials(b.opts.Credentials))
		}
		if b.opts.TLS != nil {
			to = append(to, nats.Secure(b.opts.TLS))
		}
		if b.conn, err = nats.Connect(b.opts.URL, to...); err != nil {
			return fmt.Errorf("bus: connect to %s: %w; is it a NATS server, and may this client connect to it?", Hosts(b.opts.URL), err)
		}
		return nil
	}
	if b.embedded, err = startEmbedded(b.opts); err != nil {
		return err
	}
	if b.conn, err = nats.Connect("", append(to, nats.InProcessServer(b.embedded), nats.ReconnectWait(reviveEvery/10))...); err != nil {
		return fmt.Errorf("bus: connect to the embedded server: %w", err)
	}
	guard, stop := context.WithCancel(context.Background())
	b.stopGuard = stop
	b.guards.Go(func() { b.revive(guard) })
	return nil
}

// Hosts is a URL without the user and password that may stand in it.
func Hosts(urls string) string {
	parts := strings.Split(urls, ",")
	for i, p := range parts {
		if at := strings.LastIndexByte(p, '@'); at >= 0 {
			scheme, _, _ := strings.Cut(p, "//")
			parts[i] = scheme + "//" + p[at+1:]
		}
	}
	return strings.Join(parts, ",")
}

// JetStream returns the connection's JetStream, for package store/state. It
// ends with the bus.
func (b *Bus) JetStream() jetstream.JetStream { return b.js }

// Replicas returns how many servers keep what is stored.
func (b *Bus) Replicas() int { return b.opts.Replicas }

// Partitions returns how many partitions there are, numbered from 0.
func (b *Bus) Partitions() int { return len(b.partitions) }

// patience bounds one question to the server.
func (b *Bus) patience() time.Duration {
	if b.embedded == nil {
		return clusterTimeout
	}
	return requestTimeout
}

// Counts are what happened since Open.
type Counts struct {
	Quarantined int64 // batches that a consumer could not read
	Incomplete  int64 // batches of several messages, found half there: their Publish never returned
}

// Counts returns what happened since Open.
func (b *Bus) Counts() Counts {
	return Counts{Quarantined: b.quarantined.Load(), Incomplete: b.incomplete.Load()}
}

// Close ends the connection and the embedded server, and waits for them. What
// was published is durable already. Close may be called again.
func (b *Bus) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	if b.stopGuard != nil {
		b.stopGuard()
		b.guards.Wait()
	}
	if b.conn != nil {
		b.conn.Close()
	}
	if b.embedded != nil {
		return b.embedded.stop()
	}
	return nil
}

// alive is nil until Close.
func (b *Bus) alive() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return fmt.Errorf("bus: %w", ErrClosed)
	}
	return nil
}
