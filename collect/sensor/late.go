//go:build linux

package sensor

import (
	"time"

	"github.com/lynceus-io/lynceus/event"
)

const (
	// lateFor is how long a row that went out without names may still be amended: a pod's network may take as long.
	lateFor = 30 * time.Second
	// maxLateBytes bounds the rows that are kept for that, maxLate those of one container: one whose names nobody knows
	// must not fill it.
	maxLateBytes, maxLate = 4 << 20, 64
	// hopeless is after how many vain questions no more rows of a container are kept.
	hopeless = 4
	// lookLateEvery is how often it is looked whether to ask again.
	lookLateEvery = 100 * time.Millisecond
)

// latecomers are the containers with rows that went out without names.
type latecomers struct {
	of     map[*named]struct{}
	bytes  int
	looked time.Time
	// shed counts rows that were given up for want of memory.
	shed uint64
}

// keep keeps a copy of a row that goes out without names, if it is to be amended.
func (l *latecomers) keep(e *event.Event, c *named, now time.Time) bool {
	bytes := weigh(e)
	switch {
	case c.failed >= hopeless:
		return false
	case len(c.late) == maxLate, l.bytes+bytes > maxLateBytes:
		l.shed++
		return false
	case l.of == nil:
		l.of = map[*named]struct{}{}
	}
	if len(c.late) == 0 {
		c.lateUntil = now.Add(lateFor)
	}
	c.late = append(c.late, e.Clone())
	c.lateBytes += bytes
	l.bytes += bytes
	l.of[c] = struct{}{}
	return true
}

// drop lets go of the rows of a container.
func (l *latecomers) drop(c *named) {
	l.bytes -= c.lateBytes
	c.late, c.lateBytes = nil, 0
	delete(l.of, c)
}

// ask asks again for those whose time has come, and gives up those whose time is over.
func (l *latecomers) ask(n *naming) error {
	if len(l.of) == 0 {
		return nil
	}
	now := n.now()
	if now.Sub(l.looked) < lookLateEvery {
		return nil
	}
	l.looked = now
	for c := range l.of {
		switch {
		case c.asking:
		case now.After(c.lateUntil):
			l.drop(c)
		case c.known: // the pod is what lacks
			if p := n.pods.Known(c.names.PodUID); p != nil {
				if err := n.learn(&answer{id: c.id, pod: p}); err != nil {
					return err
				}
			}
		default:
			n.question(c)
		}
	}
	return nil
}

// amend sends the rows of a container that went out without names again, whole, as their next revision.
func (n *naming) amend(c *named) error {
	rows := c.late
	n.late.drop(c)
	for _, e := range rows {
		event.MetadataRevision.Set(e, 1)
		c.describe(e)
		n.amended++
		if err := n.emit(e); err != nil {
			return err
		}
	}
	return nil
}
