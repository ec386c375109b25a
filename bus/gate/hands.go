package gate

import (
	"context"
	"sync"
)

// maxIdle bounds the hands that wait for work.
const maxIdle = 64

// hands are goroutines that do one piece of work after another. Each keeps the stack that reading a batch needs; one that is
// made anew for each batch has to grow it first, which takes as long as a good part of the reading.
type hands struct {
	work chan func()
	idle chan struct{} // has an element for each that waits
}

func newHands() hands { return hands{work: make(chan func()), idle: make(chan struct{}, maxIdle)} }

// do has f done and does not wait for it. What runs is counted in running; ctx ends those that wait, and no work may be
// given after that.
func (h *hands) do(ctx context.Context, running *sync.WaitGroup, f func()) {
	select {
	case h.work <- f:
	default:
		running.Go(func() { h.keep(ctx, f) })
	}
}

// keep does f and then what else there is, until enough others wait for work.
func (h *hands) keep(ctx context.Context, f func()) {
	for {
		f()
		select {
		case h.idle <- struct{}{}:
		default:
			return
		}
		select {
		case f = <-h.work:
			<-h.idle
		case <-ctx.Done():
			return
		}
	}
}
