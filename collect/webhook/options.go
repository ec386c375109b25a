package webhook

import (
	"context"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
)

// DefaultMaxBody is the limit of a body unless another is given, in bytes. It
// lies above the largest batch an API server makes of single objects: 400
// events (--audit-webhook-batch-max-size) of at most 4.5 MiB, 3 MiB for the
// largest request it takes and 1.5 MiB for the largest object etcd keeps and
// an answer repeats, are 1,800 MiB. With --audit-webhook-truncate-enabled a
// batch has 10 MiB. Bodies are parsed as they arrive: the limit costs no
// memory.
const DefaultMaxBody = 2 << 30

const (
	// defaultTimeout is how long a body may take to arrive and to become
	// durable. API servers wait for the answer as long as the connection lives.
	defaultTimeout = 60 * time.Second
	// defaultConcurrent bounds the bodies that are parsed at once, and by that
	// the memory: twice the longest document for each.
	defaultConcurrent = 4
	// defaultWait is how long a request waits for its turn.
	defaultWait = 10 * time.Second
	// defaultRetryAfter is what a client is told to wait. API servers do so up
	// to ten times before they count a failure.
	defaultRetryAfter = 5 * time.Second
)

// Options of New.
type Options struct {
	// Sink makes events durable; required.
	Sink intake.Sink
	// Ledger keeps the accounts; required.
	Ledger *intake.Ledger
	// Clients may post. Nobody else may.
	Clients []Client
	// Identify returns whose identity token it is, made for an audience; nil where
	// no client has an Email. The error says why it is nobody's.
	Identify func(ctx context.Context, token, audience string) (email string, err error)
	// Live says how documents are decoded.
	Live audit.LiveOptions
	// MaxBody is the limit of a body after decompression, in bytes; 0 means
	// DefaultMaxBody.
	MaxBody int64
	// Timeout is how long one request may take; 0 means a minute. A client
	// that sends more slowly gets no answer.
	Timeout time.Duration
	// Concurrent is how many bodies are parsed at once; 0 means 4. Others wait
	// for Wait, 0 meaning ten seconds, and are told to come again.
	Concurrent int
	Wait       time.Duration
	// RetryAfter is what a client is told to wait when its events cannot be
	// made durable; 0 means five seconds.
	RetryAfter time.Duration
}

func (o *Options) setDefaults() {
	orDuration := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	orDuration(&o.Timeout, defaultTimeout)
	orDuration(&o.Wait, defaultWait)
	orDuration(&o.RetryAfter, defaultRetryAfter)
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.Concurrent <= 0 {
		o.Concurrent = defaultConcurrent
	}
	if o.Live.Now == nil {
		o.Live.Now = time.Now
	}
}
