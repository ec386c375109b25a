//go:build linux

package enforce

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// enders is how many containers are emptied at once, maxEndings how many wait for it. What finds no place is ended by
	// the kernel alone, process by process.
	enders, maxEndings = 2, 256
	// emptyWithin is how long a container is emptied before that is given up: its processes may be in the kernel, where
	// no signal reaches them.
	emptyWithin = 10 * time.Second
	// lookAgain is how long after a look at a container's processes the next one follows.
	lookAgain = 5 * time.Millisecond
)

// Ending is a container that has been ended.
type Ending struct {
	Container string
	// Killed counts processes that user space killed; those that the kernel killed are told one by one.
	Killed int
	// Left counts those that were there when it was given up.
	Left int
	// Took is how long it took since the container was marked.
	Took time.Duration
	// Err is why it is not certain that the container is empty.
	Err error

	cgroups []uint64
	began   time.Time
}

// ender empties containers, on goroutines of its own.
type ender struct {
	options Options
	unmark  func(cgroups []uint64) error
	queue   chan Ending
	ended   chan Ending
	cancel  func()
	running sync.WaitGroup

	mu   sync.Mutex
	busy map[string]bool
}

func newEnder(o Options, unmark func([]uint64) error) *ender {
	ctx, cancel := context.WithCancel(context.Background())
	e := &ender{
		options: o, unmark: unmark, queue: make(chan Ending, maxEndings), ended: make(chan Ending, maxEndings),
		cancel: cancel, busy: map[string]bool{},
	}
	for range enders {
		e.running.Go(func() { e.work(ctx) })
	}
	return e
}

func (e *ender) stop() {
	e.cancel()
	e.running.Wait()
}

// end has a container emptied, unless it is being emptied or too many are, and says whether it will be.
func (e *ender) end(x Ending) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.busy[x.Container] {
		return false
	}
	select {
	case e.queue <- x:
		e.busy[x.Container] = true
		return true
	default:
		return false
	}
}

func (e *ender) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case x := <-e.queue:
			e.empty(ctx, &x)
			e.mu.Lock()
			delete(e.busy, x.Container)
			e.mu.Unlock()
			select {
			case <-ctx.Done():
				return
			case e.ended <- x:
			}
		}
	}
}

// empty kills a container's processes until there are none, twice in a row: one that forks may have been missed.
func (e *ender) empty(ctx context.Context, x *Ending) {
	ctx, cancel := context.WithTimeout(ctx, emptyWithin)
	defer cancel()
	killed := map[process]bool{}
	killUnified(e.options.Proc, e.options.Unified, x.Container)
	for none := 0; none < 2; {
		found, err := killAll(e.options.Proc, x.Container, killed)
		x.Left = found
		if err != nil {
			x.Err = err
			break
		}
		if none++; found > 0 {
			none = 0
		}
		select {
		case <-ctx.Done():
			x.Err = fmt.Errorf("%d processes do not end: %w", found, ctx.Err())
			none = 2
		case <-time.After(lookAgain):
		}
	}
	x.Killed = len(killed)
	x.Took = e.options.Now().Sub(x.began)
	if x.Err == nil {
		x.Err = e.unmark(x.cgroups)
	}
}
