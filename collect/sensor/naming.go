//go:build linux

package sensor

import (
	"context"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/event"
)

// Runtime tells what containers are called. It is asked by several goroutines at once.
type Runtime interface {
	// Names waits for as long as ctx lets it. An error means that it is not known now; it may be a moment later, since
	// the first processes of a container run before its runtime has written it down.
	Names(ctx context.Context, id string) (container.Names, error)
}

const (
	// nameWithin is how long a row waits for the names of its container before it goes out without.
	nameWithin = time.Second
	// askEvery is how long a runtime that does not know yet is left alone within that time.
	askEvery = 25 * time.Millisecond
	// askAgain is how long after it the next row of the container has it asked again; each time twice as long, up to
	// maxAskAgain: a sandbox is known when it has its network, a container of another runtime never.
	askAgain, maxAskAgain = 2 * time.Second, time.Minute
	// askers is how many questions are open at once.
	askers = 16
	// maxAsked bounds the questions that wait for an asker.
	maxAsked = 1024
	// maxNamed bounds the containers that are remembered, at some 500 bytes.
	maxNamed = 8192
	// maxHeldBytes bounds the rows that wait, rowBytes is what one costs besides its text.
	maxHeldBytes, rowBytes = 8 << 20, 4 << 10
)

// named is what is known of a container's names.
type named struct {
	id     string
	names  container.Names
	known  bool
	asking bool
	again  time.Time // when it may be asked for again
	pause  time.Duration
	rows   []*event.Event
	bytes  int
}

type question struct {
	id    string
	until time.Time
}

type answer struct {
	id    string
	names container.Names
	known bool
}

// naming puts names on rows. Rows of a container whose names are asked for wait, in their order; all others go out at
// once. It is for one goroutine, but for the askers that it starts.
type naming struct {
	runtime Runtime
	now     func() time.Time
	emit    func(*event.Event) error
	all     map[string]*named
	order   []*named // a ring of those in all
	next    int
	held    int // bytes of rows that wait
	asked   chan question
	told    chan answer
	stop    func()
	// with and without count rows of containers that went out with names, and without.
	with, without uint64
}

// newNaming returns a naming whose askers run until end is called.
func newNaming(runtime Runtime, now func() time.Time, emit func(*event.Event) error) *naming {
	n := &naming{
		runtime: runtime, now: now, emit: emit, all: map[string]*named{},
		asked: make(chan question, maxAsked), told: make(chan answer, maxAsked),
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for range askers {
		running.Go(func() { n.ask(ctx) })
	}
	n.stop = func() {
		cancel()
		running.Wait()
	}
	return n
}

// ask answers questions until ctx is done.
func (n *naming) ask(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case q := <-n.asked:
			a := answer{id: q.id}
			a.names, a.known = n.patiently(ctx, q)
			select {
			case <-ctx.Done():
				return
			case n.told <- a:
			}
		}
	}
}

// patiently asks the runtime until it knows.
func (n *naming) patiently(ctx context.Context, q question) (container.Names, bool) {
	ctx, cancel := context.WithDeadline(ctx, q.until)
	defer cancel()
	for {
		names, err := n.runtime.Names(ctx, q.id)
		if err == nil {
			return names, true
		}
		select {
		case <-ctx.Done():
			return container.Names{}, false
		case <-time.After(askEvery):
		}
	}
}

// want returns what is known of a container's names, and asks for them if that is nothing.
func (n *naming) want(id string) (*named, error) {
	c := n.all[id]
	if c == nil {
		c = &named{id: id}
		if err := n.remember(c); err != nil {
			return nil, err
		}
	}
	now := n.now()
	if c.known || c.asking || now.Before(c.again) {
		return c, nil
	}
	c.pause = min(max(2*c.pause, askAgain), maxAskAgain)
	c.again = now.Add(nameWithin + c.pause)
	select {
	case n.asked <- question{id, now.Add(nameWithin)}:
		c.asking = true
	default: // more questions than anybody can answer in time
	}
	return c, nil
}

// remember adds a container, in the place of the one that has been there for longest.
func (n *naming) remember(c *named) error {
	n.all[c.id] = c
	if len(n.order) < maxNamed {
		n.order = append(n.order, c)
		return nil
	}
	old := n.order[n.next]
	n.order[n.next] = c
	n.next = (n.next + 1) % maxNamed
	delete(n.all, old.id)
	return n.release(old)
}

// row puts names on a row of a container and hands it over, or keeps a copy until the names are known.
func (n *naming) row(e *event.Event, id string) error {
	c, err := n.want(id)
	if err != nil {
		return err
	}
	if !c.asking {
		return n.send(e, c)
	}
	bytes := rowBytes + len(event.ProcessCmdLine.Get(e)) + len(event.ProcessParentProcessCmdLine.Get(e))
	if n.held+bytes > maxHeldBytes { // it waits no longer, nor do those before it
		if err := n.release(c); err != nil {
			return err
		}
		return n.send(e, c)
	}
	c.rows = append(c.rows, e.Clone())
	c.bytes += bytes
	n.held += bytes
	return nil
}

// answers takes in what the askers found out, without waiting.
func (n *naming) answers() error {
	for {
		select {
		case a := <-n.told:
			c := n.all[a.id]
			if c == nil { // forgotten meanwhile
				continue
			}
			c.names, c.known = a.names, a.known
			if err := n.release(c); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// release hands over the rows that wait for a container's names, with what is known of these.
func (n *naming) release(c *named) error {
	rows := c.rows
	n.held -= c.bytes
	c.asking, c.rows, c.bytes = false, nil, 0
	for _, e := range rows {
		if err := n.send(e, c); err != nil {
			return err
		}
	}
	return nil
}

// end stops the askers and hands over the rows that wait.
func (n *naming) end() error {
	n.stop()
	if err := n.answers(); err != nil {
		return err
	}
	for _, c := range n.order {
		if err := n.release(c); err != nil {
			return err
		}
	}
	return nil
}

// send hands over a row with the names that are known.
func (n *naming) send(e *event.Event, c *named) error {
	if !c.known {
		n.without++
		return n.emit(e)
	}
	n.with++
	set(e, event.ContainerName, c.names.Container)
	set(e, event.ContainerImageName, c.names.Image)
	set(e, event.ContainerImageUID, c.names.Digest)
	set(e, event.K8sNamespace, c.names.Namespace)
	set(e, event.K8sPod, c.names.Pod)
	if !event.K8sPodUID.Has(e) {
		set(e, event.K8sPodUID, c.names.PodUID)
	}
	return n.emit(e)
}
