package session

import (
	"slices"
	"strings"
	"time"
)

// Times of the join, in nanoseconds.
const (
	// skew is by how much the clocks of API server and node may differ. Clocks that are kept by NTP differ by less than a
	// tenth of that; where they differ by more, sessions stay without a person.
	skew = int64(250 * time.Millisecond)
	// within is how long after the connection stood the process starts at the latest: the runtime makes it then, and a
	// node that is overloaded takes seconds for that.
	within = int64(10 * time.Second)
	// short is how long a session lasts at most in all of which its process may have been started: a node that is asked
	// for a hundred at once takes minutes.
	short = int64(5 * time.Minute)
	// keep is how long requests and processes are compared with what comes later.
	keep = int64(10 * time.Minute)
	// Settled is how long after a process started its person may still turn out to be another, because requests come by
	// another way than processes, in nanoseconds.
	Settled = within
)

// Bounds of memory.
const (
	// maxPlaces is how many combinations of place and command are remembered, at some 400 bytes.
	maxPlaces = 8192
	// maxEach bounds the requests, and the processes, of one of them: who runs one command more often than that within
	// ten minutes is not told apart.
	maxEach = 512
	// maxRoots is how many processes with their persons are remembered, at some 200 bytes.
	maxRoots = 65536
)

// Place is where a command was run.
type Place struct{ Cluster, Namespace, Pod string }

// Request is an API request to run a command in a container, as far as it is known.
type Request struct {
	UID       string // identity of its audit event
	User      string
	Place     Place
	Container string // empty for the pod's default one
	Command   string // its words joined by blanks
	// Received is when it came, Started when the connection stood, Ended when it was over; 0 where that is not known.
	// Nanoseconds since 1970.
	Received, Started, Ended int64
}

// Start is a process that was started in a container from outside.
type Start struct {
	Root      string // identity of the process
	Place     Place
	Container string
	Command   string // its arguments joined by blanks
	Time      int64  // nanoseconds since 1970
}

// Person says whose request started a process.
type Person struct {
	// User is the person, empty when it is not certain.
	User string
	// UID is the identity of the request, empty when several of the person's fit.
	UID string
	// Candidates are all persons whose requests fit, sorted, when it is not certain.
	Candidates []string
}

// Sessions joins requests and processes. It is for one goroutine.
type Sessions struct {
	groups map[group]*members
	order  ring[group]
	roots  map[string]*start
	ended  ring[string]
}

// group is what requests and processes have in common that may belong together.
type group struct {
	place   Place
	command string
}

type members struct {
	requests []*Request
	starts   []*start
	changed  bool
}

type start struct {
	Start
	in     *members
	person Person
}

// New returns a Sessions that knows nothing.
func New() *Sessions {
	return &Sessions{groups: map[group]*members{}, roots: map[string]*start{}}
}

// Request takes in a request, or what a later audit event says of it.
func (s *Sessions) Request(r Request) {
	m := s.members(group{r.Place, r.Command})
	m.forget(max(r.Received, r.Ended))
	m.changed = true
	for _, known := range m.requests {
		if known.UID == r.UID {
			known.Received = max(known.Received, r.Received)
			known.Started = max(known.Started, r.Started)
			known.Ended = max(known.Ended, r.Ended)
			return
		}
	}
	if len(m.requests) < maxEach {
		m.requests = append(m.requests, r.clone())
	}
}

// Withdraw takes back a request that turned out to be refused.
func (s *Sessions) Withdraw(r Request) {
	if m := s.groups[group{r.Place, r.Command}]; m != nil {
		m.requests = slices.DeleteFunc(m.requests, func(known *Request) bool { return known.UID == r.UID })
		m.changed = true
	}
}

// Start takes in a process. One that is known stays what it was first.
func (s *Sessions) Start(p Start) {
	if s.roots[p.Root] != nil {
		return
	}
	m := s.members(group{p.Place, p.Command})
	m.forget(p.Time)
	st := &start{Start: p.clone(), in: m}
	s.roots[st.Root] = st
	if old, full := s.ended.push(st.Root, maxRoots); full {
		delete(s.roots, old)
	}
	if len(m.starts) < maxEach {
		m.starts = append(m.starts, st)
		m.changed = true
	}
}

// Of returns who started a process, and when it was; known is false for a process that was not taken in.
func (s *Sessions) Of(root string) (p Person, at int64, known bool) {
	st := s.roots[root]
	if st == nil {
		return p, 0, false
	}
	if st.in.changed {
		st.in.join()
	}
	return st.person, st.Time, true
}

// members returns those of a group.
func (s *Sessions) members(g group) *members {
	m := s.groups[g]
	if m == nil {
		g = group{Place{strings.Clone(g.place.Cluster), strings.Clone(g.place.Namespace), strings.Clone(g.place.Pod)}, strings.Clone(g.command)}
		m = &members{}
		s.groups[g] = m
		if old, full := s.order.push(g, maxPlaces); full {
			delete(s.groups, old)
		}
	}
	return m
}

// forget lets go of what is too old to be compared. Processes keep the persons that were found.
func (m *members) forget(now int64) {
	old := now - keep
	late := func(r *Request) bool { return max(r.Received, r.Started) >= old }
	if (len(m.requests) == 0 || late(m.requests[0])) && (len(m.starts) == 0 || m.starts[0].Time >= old) {
		return
	}
	if m.changed {
		m.join()
	}
	m.requests = slices.DeleteFunc(m.requests, func(r *Request) bool { return !late(r) })
	m.starts = slices.DeleteFunc(m.starts, func(st *start) bool { return st.Time < old })
}

func (r *Request) clone() *Request {
	c := *r
	c.UID, c.User, c.Container, c.Command = strings.Clone(r.UID), strings.Clone(r.User), strings.Clone(r.Container), ""
	c.Place = Place{}
	return &c
}

func (p *Start) clone() Start {
	return Start{Root: strings.Clone(p.Root), Container: strings.Clone(p.Container), Time: p.Time}
}
