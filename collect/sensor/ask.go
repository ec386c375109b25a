//go:build linux

package sensor

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

// Runtime tells what containers are called. It is asked by several goroutines at once.
type Runtime interface {
	// Names waits for as long as ctx lets it. An error means that it is not known now; it may be a moment later, since
	// the first processes of a container run before its runtime has written it down.
	Names(ctx context.Context, id string) (container.Names, error)
	// Announce tells the ids of all containers that there are, and then of each new one as early as it can, until ctx is
	// done. It returns nil when it cannot tell of new ones.
	Announce(ctx context.Context, tell func(id string)) error
}

// Pods tells what the API server says of the pods of the node. It is asked by several goroutines at once. What it
// returns is not changed any more.
type Pods interface {
	// Pod waits for a pod for as long as ctx lets it.
	Pod(ctx context.Context, uid string) (*container.Pod, error)
	// Known returns a pod, nil when it is not known now.
	Known(uid string) *container.Pod
}

const (
	// askEvery is how long a runtime that does not know yet is left alone while rows wait.
	askEvery = 25 * time.Millisecond
	// askerCount is how many questions are open at once.
	askerCount = 16
	// maxAsked bounds the questions that wait for an asker.
	maxAsked = 1024
	// announceAgain is how long after the runtime ended its announcements it is asked for them again.
	announceAgain = 5 * time.Second
)

type question struct {
	id, podUID string
	until      time.Time
}

type answer struct {
	id    string
	names container.Names
	known bool
	pod   *container.Pod
}

// askers ask a runtime and the watch of pods.
type askers struct {
	runtime   Runtime
	pods      Pods // nil for none
	asked     chan question
	told      chan answer
	announced chan string
	stop      func()
	// heard is called with each answer, by the one who asked, before it is told; nil for nobody.
	heard atomic.Pointer[func(*answer)]
}

// newAskers starts askers, which run until stop is called.
func newAskers(runtime Runtime, pods Pods) *askers {
	a := &askers{
		runtime: runtime, pods: pods,
		asked: make(chan question, maxAsked), told: make(chan answer, maxAsked), announced: make(chan string, maxAsked),
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for range askerCount {
		running.Go(func() { a.ask(ctx) })
	}
	running.Go(func() { a.listen(ctx) })
	a.stop = func() {
		cancel()
		running.Wait()
	}
	return a
}

// ask answers questions until ctx is done.
func (a *askers) ask(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case q := <-a.asked:
			out := a.patiently(ctx, q)
			if heard := a.heard.Load(); heard != nil {
				(*heard)(&out)
			}
			select {
			case <-ctx.Done():
				return
			case a.told <- out:
			}
		}
	}
}

// patiently asks the runtime until it knows, and the watch of pods.
func (a *askers) patiently(ctx context.Context, q question) answer {
	ctx, cancel := context.WithDeadline(ctx, q.until)
	defer cancel()
	out := answer{id: q.id}
	for {
		names, err := a.runtime.Names(ctx, q.id)
		if out.known = err == nil; out.known {
			out.names = names
			if names.PodUID != "" {
				q.podUID = names.PodUID
			}
		}
		wait := askEvery
		if out.known {
			wait = time.Until(q.until)
		}
		if a.pods != nil && q.podUID != "" && out.pod == nil {
			out.pod = a.pod(ctx, q.podUID, wait)
		} else if !out.known {
			pause(ctx, wait)
		}
		if out.known || ctx.Err() != nil {
			return out
		}
	}
}

// pod returns a pod when it is known within a time.
func (a *askers) pod(ctx context.Context, uid string, within time.Duration) *container.Pod {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	p, err := a.pods.Pod(ctx, uid)
	if err != nil {
		return nil
	}
	return p
}

// listen takes in what the runtime announces. What finds no room is asked for when it has a row.
func (a *askers) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if a.runtime.Announce(ctx, func(id string) {
			select {
			case a.announced <- id:
			default:
			}
		}) == nil {
			return
		}
		pause(ctx, announceAgain)
	}
}

// pause waits for a time, or until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
