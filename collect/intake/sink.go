// Package intake is what the live ways of audit events have in common: where
// they are handed over, and the account that is kept of them. The ways
// themselves are packages tail (files that grow) and webhook (what API servers
// post).
package intake

import (
	"context"

	"github.com/lynceus-io/lynceus/collect/audit"
)

// A Sink makes events durable. Several goroutines use it at once.
type Sink interface {
	// Take returns when the events and rejects of b would survive the death
	// of the process and of the machine. It may wait: whoever calls it passes
	// the waiting on. An error means that they may not be durable: the caller
	// brings the same events again, or tells its client to, so a Sink may see
	// an event twice (see audit.Requests). b and its events are valid until
	// Take returns.
	Take(ctx context.Context, b *audit.Batch) error
}
