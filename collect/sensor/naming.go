//go:build linux

package sensor

import (
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/event"
)

const (
	// nameWithin is how long a row waits for the names of its container before it goes out without.
	nameWithin = time.Second
	// askAgain is how long after it the runtime is asked again about a container; each time twice as long, up to
	// maxAskAgain: a sandbox is known when it has its network, a container of another runtime never.
	askAgain, maxAskAgain = 2 * time.Second, time.Minute
	// maxNamed bounds the containers that are remembered, at some 500 bytes.
	maxNamed = 8192
	// maxHeldBytes bounds the rows that wait, rowBytes is what one costs besides its text.
	maxHeldBytes, rowBytes = 8 << 20, 4 << 10
)

// named is what is known of a container's names.
type named struct {
	id, podUID      string
	names           container.Names
	repository, tag string
	account         string         // of its pod, with the namespace
	pod             *container.Pod // nil while it is not known
	known           bool           // names are
	asking          bool
	again           time.Time // when it may be asked for again
	pause           time.Duration
	failed          int // questions one after another that brought nothing
	rows            []*event.Event
	bytes           int
	late            []*event.Event // that went out without names, and are wanted again
	lateBytes       int
	lateUntil       time.Time
}

// whole reports whether nothing more can be said of the container.
func (c *named) whole(pods bool) bool {
	return c.known && (c.pod != nil || !pods || c.names.PodUID == "")
}

// naming puts names on rows. Rows of a container whose names are asked for wait, in their order; all others go out at
// once. A row that went out without names is amended when they become known soon. It is for one goroutine, but for the
// askers that it starts.
type naming struct {
	*askers
	now  func() time.Time
	emit func(*event.Event) error
	// emitFirst takes rows that emit is to take again, amended. It is emit unless somebody sets it.
	emitFirst func(*event.Event) error
	all       map[string]*named
	order     []*named // a ring of those in all
	next      int
	held      int // bytes of rows that wait
	late      latecomers
	// with and without count rows of containers that went out with names, and without; amended are those of the latter
	// that were sent again with names.
	with, without, amended uint64
}

// newNaming returns a naming whose askers run until end is called. pods may be nil.
func newNaming(runtime Runtime, pods Pods, now func() time.Time, emit func(*event.Event) error) *naming {
	return &naming{askers: newAskers(runtime, pods), now: now, emit: emit, emitFirst: emit, all: map[string]*named{}, late: latecomers{}}
}

// want returns what is known of a container's names, and asks for them if that is not all.
func (n *naming) want(id, podUID string) (*named, error) {
	c := n.all[id]
	if c == nil {
		c = &named{id: strings.Clone(id), podUID: strings.Clone(podUID)}
		if err := n.remember(c); err != nil {
			return nil, err
		}
	}
	n.question(c)
	return c, nil
}

// question asks for a container's names unless they are known, asked for, or were not long ago.
func (n *naming) question(c *named) {
	if c.asking || c.whole(n.pods != nil) {
		return
	}
	now := n.now()
	if now.Before(c.again) {
		return
	}
	c.pause = min(max(2*c.pause, askAgain), maxAskAgain)
	c.again = now.Add(nameWithin + c.pause)
	select {
	case n.asked <- question{c.id, c.podUID, now.Add(nameWithin)}:
		c.asking = true
	default: // more questions than anybody can answer in time
	}
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
	n.late.drop(old)
	return n.release(old)
}

// row puts names on a row of a container and hands it over, or keeps a copy until the names are known.
func (n *naming) row(e *event.Event, id string) error {
	c, err := n.want(id, event.K8sPodUID.Get(e))
	if err != nil {
		return err
	}
	if !c.asking {
		return n.send(e, c)
	}
	bytes := weigh(e)
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

// weigh returns about how much memory a row takes that is kept.
func weigh(e *event.Event) int {
	return rowBytes + len(event.ProcessCmdLine.Get(e)) + len(event.ProcessParentProcessCmdLine.Get(e))
}

// podRow puts on a row of a pod outside of its containers what is known of the pod.
func (n *naming) podRow(e *event.Event, podUID string) error {
	if n.pods != nil {
		if p := n.pods.Known(podUID); p != nil {
			c := named{pod: p, account: account(p)}
			c.describe(e)
		}
	}
	return n.emit(e)
}

// answers takes in what the askers found out and what the runtime announces, without waiting.
func (n *naming) answers() error {
	for {
		select {
		case a := <-n.told:
			if err := n.learn(&a); err != nil {
				return err
			}
		case id := <-n.announced:
			if _, err := n.want(id, ""); err != nil {
				return err
			}
		default:
			return n.late.ask(n)
		}
	}
}

// learn takes in an answer, and hands over the rows that waited for it.
func (n *naming) learn(a *answer) error {
	c := n.all[a.id]
	if c == nil { // forgotten meanwhile
		return nil
	}
	if a.known && !c.known {
		c.names, c.known = a.names, true
		c.repository, c.tag = a.names.Repository(), a.names.Tag()
	}
	if a.pod != nil {
		c.pod, c.account = a.pod, account(a.pod)
	}
	c.failed++
	if a.known || a.pod != nil {
		c.failed = 0
	}
	if err := n.release(c); err != nil {
		return err
	}
	if c.whole(n.pods != nil) {
		return n.amend(c)
	}
	return nil
}

func account(p *container.Pod) string {
	if p.ServiceAccount == "" {
		return ""
	}
	return p.Namespace + "/" + p.ServiceAccount
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

// send hands over a row with the names that are known. One that lacks some is kept for a while.
func (n *naming) send(e *event.Event, c *named) error {
	if c.whole(n.pods != nil) {
		n.with++
	} else {
		n.without++
		if n.late.keep(e, c, n.now()) {
			c.describe(e)
			event.MetadataAwaits.Set(e, true)
			return n.emitFirst(e)
		}
	}
	c.describe(e)
	return n.emit(e)
}

// describe puts what is known on a row.
func (c *named) describe(e *event.Event) {
	if c.known {
		set(e, event.ContainerName, c.names.Container)
		set(e, event.ContainerImageName, c.names.Image)
		set(e, event.ContainerImageUID, c.names.Digest)
		set(e, event.ContainerImageRepository, c.repository)
		set(e, event.ContainerImageTag, c.tag)
		set(e, event.K8sNamespace, c.names.Namespace)
		set(e, event.K8sPod, c.names.Pod)
		if !event.K8sPodUID.Has(e) {
			set(e, event.K8sPodUID, c.names.PodUID)
		}
		if c.names.PrivilegeKnown {
			event.ContainerPrivileged.Set(e, c.names.Privileged)
		}
	}
	p := c.pod
	if p == nil {
		return
	}
	set(e, event.K8sNamespace, p.Namespace)
	set(e, event.K8sPod, p.Name)
	set(e, event.K8sPodUID, p.UID) // a static pod's cgroup has a hash in its place
	set(e, event.K8sServiceAccount, c.account)
	set(e, event.K8sWorkloadKind, p.Kind)
	set(e, event.K8sWorkload, p.Workload)
	method := methodOwner
	if p.ByName {
		method = methodName
	}
	event.K8sWorkloadMethod.Set(e, method)
	if privileged, ok := p.IsPrivileged(c.names.Container); ok {
		event.ContainerPrivileged.Set(e, privileged)
	}
}

// The values of k8s.workload_method.
const (
	methodOwner = "owner"
	methodName  = "name"
)
