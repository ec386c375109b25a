package webhook

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
)

// A Handler takes batches of audit events:
//
//	200  all events of the body are durable; what in it was no event is rejected and counted
//	400  there is no batch in the body, and why
//	401  no credential of a client
//	405  another method than POST
//	408  the client was too slow; if it went away nobody reads this
//	413  the body is larger than the limit
//	415  the body is compressed in an unknown way
//	503  the events cannot be made durable now; Retry-After says when to come again
//
// Every answer has a JSON body with what was counted; those of other ways (see
// way) are as their senders want them. The Handler sets the
// deadline of the body it reads; see Server for those it cannot set.
type Handler struct {
	opts     Options
	clients  atomic.Pointer[[]Client]
	free     chan *audit.Live
	counters counters
}

// New returns a Handler. The error says which option is wrong.
func New(opts Options) (*Handler, error) {
	opts.setDefaults()
	if opts.Sink == nil || opts.Ledger == nil {
		return nil, errors.New("webhook: there is no sink or no ledger")
	}
	h := &Handler{opts: opts, free: make(chan *audit.Live, opts.Concurrent)}
	for range opts.Concurrent {
		l, err := audit.NewLive(opts.Live)
		if err != nil {
			return nil, fmt.Errorf("webhook: %w", err)
		}
		h.free <- l
	}
	if err := h.SetClients(opts.Clients); err != nil {
		return nil, err
	}
	return h, nil
}

// SetClients replaces those who may post, from the next request on.
func (h *Handler) SetClients(clients []Client) error {
	if err := checkClients(clients); err != nil {
		return err
	}
	clients = slices.Clone(clients)
	h.clients.Store(&clients)
	for i := range clients {
		h.opts.Ledger.Expect(clients[i].origin().Source)
	}
	return nil
}

// An answer is the body of an answer.
type answer struct {
	Events   int64  `json:"events"`
	Rejected int64  `json:"rejected"`
	Error    string `json:"error,omitempty"`

	status int
	count  *atomic.Int64
}

// ServeHTTP takes one batch.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Now().Add(h.opts.Timeout)) // a ResponseWriter that cannot is not a connection's
	ctx, cancel := context.WithTimeout(r.Context(), h.opts.Timeout)
	defer cancel()

	way := wayOf(r)
	a := h.take(ctx, r, way)
	a.count.Add(1)
	if way.respond != nil {
		way.respond(w, r, &a)
		return
	}
	head := w.Header()
	switch a.status {
	case http.StatusRequestTimeout:
		head.Set("Connection", "close")
	case http.StatusUnauthorized:
		head.Set("WWW-Authenticate", "Bearer")
	case http.StatusMethodNotAllowed:
		head.Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		head.Set("Retry-After", strconv.Itoa(max(1, int(h.opts.RetryAfter/time.Second))))
	}
	head.Set("Content-Type", "application/json")
	if way.kind != nil {
		head.Set("Content-Type", cmp.Or(way.kind(r), "application/json"))
	}
	head.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(a.status)
	if way.answer != nil {
		_ = way.answer(w, r, &a) // an error means that the client is gone: it comes again
		return
	}
	_ = json.NewEncoder(w).Encode(a) // likewise
}

// take makes the events of a request durable.
func (h *Handler) take(ctx context.Context, r *http.Request, way *way) answer {
	c := &h.counters
	client := h.authenticate(r, way)
	if client == nil {
		return answer{status: http.StatusUnauthorized, count: &c.unauthorized, Error: "no credential of a client; send the token that was made for this API server"}
	}
	if r.Method != http.MethodPost {
		return answer{status: http.StatusMethodNotAllowed, count: &c.unsupported, Error: "audit events are posted"}
	}
	live := h.acquire(ctx)
	switch {
	case live == nil && r.Context().Err() != nil:
		return answer{status: http.StatusRequestTimeout, count: &c.aborted}
	case live == nil:
		return answer{status: http.StatusServiceUnavailable, count: &c.unavailable, Error: "too many batches at once; come again"}
	}
	defer func() { h.free <- live }()

	from := client.origin()
	b := &body{wire: r.Body, left: h.opts.MaxBody}
	t := taker{h: h, ctx: ctx, body: b, mixed: way.mixed}
	var listing audit.Listing
	err := b.open(r)
	text := io.Reader(b)
	if err == nil && way.text != nil {
		text, err = way.text(r, b)
	}
	if err == nil {
		listing, err = live.Stream(from, text, t.take)
	}
	c.bytes.Add(b.bytes)
	h.opts.Ledger.Read(from.Source, b.bytes)
	return t.judge(listing, err)
}

// acquire waits for a decoder; nil when there is none in time.
func (h *Handler) acquire(ctx context.Context) *audit.Live {
	ctx, cancel := context.WithTimeout(ctx, h.opts.Wait)
	defer cancel()
	select {
	case l := <-h.free:
		return l
	case <-ctx.Done():
		return nil
	}
}

// A taker makes the batches of one body durable.
type taker struct {
	h      *Handler
	ctx    context.Context
	body   *body
	mixed  bool  // whether what is no event may be in it
	sink   error // of the sink
	answer answer
	reason string // of the first reject
}

func (t *taker) take(b *audit.Batch) error {
	if t.body.failed != nil {
		return t.body.failed // what is cut off here is not the sender's fault, and comes again
	}
	if t.sink = t.h.opts.Sink.Take(t.ctx, b); t.sink != nil {
		if t.ctx.Err() == nil {
			t.h.opts.Ledger.Failed(b.Origin().Source, t.sink)
		}
		return t.sink
	}
	t.h.opts.Ledger.Taken(b, t.h.opts.Live.Now())
	t.answer.Events += int64(b.Len())
	t.answer.Rejected += b.Rejected()
	if rejects := b.Rejects(); t.reason == "" && len(rejects) > 0 {
		t.reason = rejects[0].Reason
	}
	return nil
}

// judge says how the request ended.
func (t *taker) judge(l audit.Listing, err error) answer {
	a, c := t.answer, &t.h.counters
	end := func(status int, count *atomic.Int64, why string) answer {
		a.status, a.count, a.Error = status, count, why
		return a
	}
	switch {
	case t.body.broken || t.ctx.Err() != nil:
		return end(http.StatusRequestTimeout, &c.aborted, "the body did not come to its end in time; come again")
	case t.sink != nil:
		return end(http.StatusServiceUnavailable, &c.unavailable, "the events cannot be made durable now; come again")
	case errors.Is(err, errProtobufSize):
		return end(http.StatusRequestEntityTooLarge, &c.tooLarge, err.Error())
	case errors.Is(err, errTooLarge):
		return end(http.StatusRequestEntityTooLarge, &c.tooLarge, fmt.Sprintf("the body is larger than %d bytes; send smaller batches", t.h.opts.MaxBody))
	case errors.Is(err, errMethod):
		return end(http.StatusNotImplemented, &c.unsupported, err.Error())
	case errors.Is(err, errEncoding):
		return end(http.StatusUnsupportedMediaType, &c.unsupported, err.Error())
	case err != nil:
		return end(http.StatusBadRequest, &c.malformed, "the body cannot be read: "+err.Error())
	case a.Events == 0 && (!t.mixed || l.Documents == 0):
		if why := noBatch(&a, &l, t.reason); why != "" {
			return end(http.StatusBadRequest, &c.malformed, why)
		}
	}
	return end(http.StatusOK, &c.accepted, "")
}

// noBatch says why a body without any event is no batch of them; "" when it is
// one nevertheless: a list of audit events may be empty, and broken ones in it
// would be no better if they came again.
func noBatch(a *answer, l *audit.Listing, reason string) string {
	switch of := l.Envelope; {
	case l.IsEventList():
		return ""
	case of.Kind != "":
		return fmt.Sprintf("the body is a %.80q of %.80q, not an EventList of audit.k8s.io/v1; send only audit events here", of.Kind, of.APIVersion)
	case a.Rejected > 0:
		return reason
	case l.Lists == 0:
		return "the body is empty"
	}
	return ""
}
