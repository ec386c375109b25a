//go:build linux

// Package users tells what user ids are called where a process runs: by the /etc/passwd of its container, or of the
// node. What a container says of its users is its own word: a name is no proof.
package users

import (
	"sync/atomic"
	"time"
)

const (
	// patience is how long a question waits for a file that is read for the first time: local files take microseconds,
	// and a container may have one behind a file system that never answers.
	patience = 20 * time.Millisecond
	// nodePatience is that for the node's own file, which is waited for once: a node that does much else takes long to
	// let another thread run.
	nodePatience = 2 * time.Second
	// fresh is how long a file counts as read. It is read again behind the back of who asks.
	fresh = time.Minute
	// again is when a file is asked for again of which the process had ended, or had not entered its container yet.
	again = 100 * time.Millisecond
	// maxPlaces is how many containers are remembered; when they are more, all are asked again.
	maxPlaces = 1024
	// maxReaders is how many files are read at once. Those that never end count, too: when all are stuck, no names are
	// told that are not known.
	maxReaders = 8
)

// Names tells names of users. It is for one goroutine.
type Names struct {
	proc    string
	now     func() time.Time
	places  map[string]*place
	readers atomic.Int32
}

// place is a container, or the node.
type place struct {
	ids     map[uint32]string // nil until the file was read
	next    time.Time         // when it is to be read
	reading chan map[uint32]string
	waited  bool
}

// New returns Names for processes whose numbers are those below a procfs. The clock says what is old.
func New(proc string, now func() time.Time) *Names {
	return &Names{proc: proc, now: now, places: map[string]*place{}}
}

// Name returns the name of a user in a place, which is the id of a container or "" for the node, and in which a process
// runs; "" when nothing is known.
func (n *Names) Name(where string, pid, uid uint32) string {
	p := n.places[where]
	if p == nil {
		if len(n.places) >= maxPlaces {
			clear(n.places)
		}
		p = &place{}
		n.places[where] = p
	}
	n.refresh(p, where, pid)
	return p.ids[uid]
}

// refresh takes in what was read, and has it read when it is old.
func (n *Names) refresh(p *place, where string, pid uint32) {
	if p.reading == nil {
		now := n.now()
		if now.Before(p.next) || n.readers.Load() >= maxReaders {
			return
		}
		p.next = now.Add(fresh)
		p.reading = make(chan map[uint32]string, 1)
		n.readers.Add(1)
		go func(out chan<- map[uint32]string) {
			defer n.readers.Add(-1)
			if where == "" {
				out <- readNode(n.proc, pid)
			} else {
				out <- readInside(n.proc, pid)
			}
		}(p.reading)
	}
	if p.waited {
		select {
		case ids := <-p.reading:
			p.take(ids, n.now())
		default:
		}
		return
	}
	p.waited = true
	wait := patience
	if where == "" {
		wait = nodePatience
	}
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	select {
	case ids := <-p.reading:
		p.take(ids, n.now())
	case <-deadline.C:
	}
}

// take keeps what was read. Nothing is what a process leaves that has ended: the next one is asked, and what was known
// is kept.
func (p *place) take(ids map[uint32]string, now time.Time) {
	p.reading = nil
	if ids == nil {
		p.next, p.waited = now.Add(again), p.ids != nil
		return
	}
	p.ids = ids
}
