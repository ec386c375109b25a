// Package webhook posts documents to an HTTP server, one a request, as Falco posts its alerts: so that falcosidekick, and
// whatever else listens for those, goes on working.
package webhook

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// Options of New.
type Options struct {
	// URL is where documents are posted to: http or https.
	URL string
	// Transport makes the requests; nil for one of its own that trusts the authorities of the system.
	Transport http.RoundTripper
	// QueueBytes bounds the documents that wait, DefaultQueueBytes when 0.
	QueueBytes int64
	// First and Longest are how long is waited after the first failure, and at most; each wait is twice the one before.
	// DefaultFirst and DefaultLongest when 0.
	First, Longest time.Duration
	// Timeout bounds a request, DefaultTimeout when 0.
	Timeout time.Duration
	// Now is the clock, time.Now when nil.
	Now func() time.Time
}

// The defaults of Options.
const (
	// DefaultQueueBytes is room for some thousand alerts of 2 KiB.
	DefaultQueueBytes = 8 << 20
	DefaultFirst      = 200 * time.Millisecond
	DefaultLongest    = 30 * time.Second
	DefaultTimeout    = 10 * time.Second
)

// overhead is what a document takes in the queue besides its bytes.
const overhead = 64

// Stats are what became of documents.
type Stats struct {
	// Sent were taken by the server, Refused not, for good (a status of 400 to 499 but 408 and 429).
	Sent, Refused uint64
	// Failures counts requests that will be repeated.
	Failures uint64
	// Shed found no room in the queue, or waited still at the end.
	Shed uint64
}

// String says it in words.
func (s Stats) String() string {
	return fmt.Sprintf("%d posted, %d refused, %d lost for want of room or time, %d requests failed", s.Sent, s.Refused, s.Shed, s.Failures)
}

// Sender posts documents in the order in which it gets them. Its methods may be called by several goroutines.
type Sender struct {
	opts   Options
	name   string // of the server, without a password
	client *http.Client
	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex
	queue   [][]byte
	bytes   int64
	closed  bool
	trouble Trouble
	more    chan struct{} // has one element when there may be more in the queue

	sent, refused, failures, shed atomic.Uint64
}

// New returns a Sender, which works until Close.
func New(opts Options) (*Sender, error) {
	u, err := url.Parse(opts.URL)
	if err != nil {
		return nil, fmt.Errorf("the address to post to: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the address to post to is %q: write http or https, a host and a path", opts.URL)
	}
	opts = opts.complete()
	ctx, cancel := context.WithCancel(context.Background())
	s := &Sender{opts: opts, name: u.Redacted(), client: &http.Client{Transport: opts.Transport, Timeout: opts.Timeout, CheckRedirect: noRedirect}, cancel: cancel, done: make(chan struct{}), more: make(chan struct{}, 1)}
	go s.work(ctx)
	return s, nil
}

func (o Options) complete() Options {
	or := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	or(&o.First, DefaultFirst)
	or(&o.Longest, DefaultLongest)
	or(&o.Timeout, DefaultTimeout)
	if o.QueueBytes <= 0 {
		o.QueueBytes = DefaultQueueBytes
	}
	if o.Transport == nil {
		o.Transport = NewTransport()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// NewTransport returns what a Sender makes requests with unless told otherwise, to be changed by the caller: it keeps one
// connection, and knows no proxy.
func NewTransport() *http.Transport {
	return &http.Transport{MaxIdleConns: 1, MaxIdleConnsPerHost: 1, ForceAttemptHTTP2: true, TLSHandshakeTimeout: DefaultTimeout}
}

// noRedirect has a redirection be an answer: a document goes where it was sent, or nowhere.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Post queues a document, which the Sender copies. It never waits: without room the document is shed, and counted.
func (s *Sender) Post(doc []byte) {
	size := int64(len(doc)) + overhead
	s.mu.Lock()
	room := !s.closed && s.bytes+size <= s.opts.QueueBytes
	if room {
		s.bytes += size
		s.queue = append(s.queue, append([]byte(nil), doc...))
	} else {
		s.gone(errNoRoom)
	}
	s.mu.Unlock()
	if !room {
		s.shed.Add(1)
		return
	}
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// Stats returns the counts until now.
func (s *Sender) Stats() Stats {
	return Stats{Sent: s.sent.Load(), Refused: s.refused.Load(), Failures: s.failures.Load(), Shed: s.shed.Load()}
}

// Close posts what waits, until ctx is done; what is left then is shed. It returns an error when that is anything.
func (s *Sender) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
	select {
	case <-s.done:
	case <-ctx.Done():
		s.cancel()
		<-s.done
	}
	s.cancel()
	s.mu.Lock()
	left := len(s.queue)
	s.queue, s.bytes = nil, 0
	s.mu.Unlock()
	if left == 0 {
		return nil
	}
	s.shed.Add(uint64(left))
	return fmt.Errorf("%d alerts could not be posted to %s in time; see whether it can be reached", left, s.name)
}
