package live

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/store/lake"
)

// retryBus is how long a bus that does not answer is left alone.
const retryBus = time.Second

// busError is what the bus said. It may answer again soon: a server of a cluster that is gone is replaced within seconds.
type busError struct{ err error }

func (e *busError) Error() string { return e.err.Error() }
func (e *busError) Unwrap() error { return e.err }

// lasting reports whether an error of the bus will stay.
func lasting(err error) bool {
	return errors.Is(err, bus.ErrClosed) || errors.Is(err, bus.ErrOvertaken)
}

// poison is a message over whose events this program stumbled: whatever did so would do it again.
type poison struct {
	number uint64
	reason error
}

func (p *poison) Error() string { return fmt.Sprintf("message %d: %v", p.number, p.reason) }

// guard turns a panic over the message of a number into a *poison. It is to be deferred.
func (c *Consumer) guard(number uint64, err *error) {
	if p := recover(); p != nil {
		*err = &poison{number, fmt.Errorf("an event of it makes this program fail, which is a mistake in it: %v", p)}
		c.Log.Error("an event made detection or store fail", "number", number, "reason", p, "stack", string(debug.Stack()))
	}
}

// recovers reports whether work can begin again where the store stands, as after a restart, and waits for when.
func (c *Consumer) recovers(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	var bad *poison
	var away *busError
	pause := time.Duration(0)
	switch {
	case errors.Is(err, lake.ErrFull):
		if c.Counts.Full.Swap(1) == 0 {
			c.Log.Error("the disk is full: intake waits until there is room", "error", err)
		}
		pause = retryFull
	case errors.As(err, &bad):
		if c.poisoned == nil {
			c.poisoned = map[uint64]error{}
		}
		c.poisoned[bad.number] = bad.reason
	case errors.As(err, &away) && !lasting(err):
		c.Log.Warn("the bus does not answer; trying again", "error", err)
		pause = retryBus
	default:
		return false
	}
	return sleep(ctx, pause)
}

// sleep waits; it returns false when ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
