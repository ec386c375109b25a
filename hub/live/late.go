package live

import (
	"container/list"
	"context"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity"
)

const (
	// lateFor is how long after an event was stored what is learned of its
	// pods is still added to it.
	lateFor = 10 * time.Minute
	// personFor is how long after what a process did was stored the person
	// behind it is still added: audit events come half a minute late at most,
	// which is how long an API server collects a batch.
	personFor = time.Minute
	// lateBytes bounds the events that wait for that: some ten thousand.
	lateBytes = 32 << 20
	// lateEvery is how often it is looked whether more is known.
	lateEvery = 5 * time.Second
	// lateEvent is what an event takes beside its document.
	lateEvent = 4096
	// maxRevision is the highest number of an amendment that collect/audit
	// keeps apart.
	maxRevision = 7
)

// revisionsHere is how many revisions of a row are made here between two of its sensor: the number of one is that of the
// sensor's latest, times this, and how often it was amended here since. So neither takes a number that the other has
// taken, whatever is remembered, and a later revision of the sensor is above all that were made here before it.
const revisionsHere = maxRevision + 1

// maxSensorRevision is the highest number of a revision of a sensor: no sensor makes as many, and larger ones have no room.
const maxSensorRevision = 1 << 32

// ownRevision gives a row that comes from a sensor the number of its revision here, and reports whether it amends an
// earlier one.
func ownRevision(e *event.Event) (amended bool) {
	n, _ := event.MetadataRevision.Get(e)
	if n <= 0 {
		return false
	}
	event.MetadataRevision.Set(e, min(n, maxSensorRevision)*revisionsHere)
	return true
}

// amendable reports whether an event has a number left for another amendment.
func amendable(e *event.Event) bool {
	n, _ := event.MetadataRevision.Get(e)
	if e.Class != event.ClassAudit {
		n %= revisionsHere
	}
	return n < maxRevision
}

// latecomers are stored events that lack what may come to be known of them:
// facts about pods come by another way, and not always first.
type latecomers struct {
	byUID map[event.UID]*list.Element
	order list.List // of *latecomer, the first to be given up first
	bytes int64
	asked time.Time
	Late
}

// Late counts what became of events that lacked something.
type Late struct {
	// Amended were completed, or corrected, by what came later.
	Amended int64
	// Shed were given up before their time because too many waited.
	Shed int64
}

// latecomer is one of them.
type latecomer struct {
	e     *event.Event
	uid   event.UID
	said  uint64
	until time.Time
}

func (l *latecomer) size() int64 { return lateEvent + int64(len(l.e.Raw)) }

// await keeps an event that lacks something. What an earlier stage of the same
// request lacked is of no account any more.
func (j *Judge) await(e *event.Event, uid event.UID) {
	l := &j.late
	if at := l.byUID[uid]; at != nil {
		l.remove(at)
	}
	if !j.o.Callers.Lacks() || !amendable(e) {
		return
	}
	awaiting(e, true)
	if l.byUID == nil {
		l.byUID = map[event.UID]*list.Element{}
	}
	one := &latecomer{e: e.Clone(), uid: uid, said: identity.Said(e), until: j.o.Now().Add(awaits(e))}
	l.byUID[uid] = l.order.PushBack(one)
	l.bytes += one.size()
	for l.bytes > lateBytes {
		l.remove(l.order.Front())
		l.Shed++
	}
}

// awaiting says on an event whether an amendment may follow.
func awaiting(e *event.Event, may bool) {
	if e.Class == event.ClassAudit {
		event.AuditAwaits.Set(e, may)
	} else {
		event.MetadataAwaits.Set(e, may)
	}
}

// awaits returns for how long an event may be amended.
func awaits(e *event.Event) time.Duration {
	if e.Class == event.ClassAudit {
		return lateFor
	}
	return personFor
}

func (l *latecomers) remove(at *list.Element) {
	one := l.order.Remove(at).(*latecomer)
	delete(l.byUID, one.uid)
	l.bytes -= one.size()
}

// amend stores again, with the next revision, the events of which more is
// known by now than when they were stored.
func (j *Judge) amend(ctx context.Context, now time.Time) error {
	l := &j.late
	if now.Sub(l.asked) < lateEvery || l.order.Len() == 0 {
		return nil
	}
	l.asked = now
	var rows []func(*event.Event) error
	var done []*list.Element
	var again []*latecomer // what was found in them names who is behind it, too
	for at := l.order.Front(); at != nil; at = at.Next() {
		one := at.Value.(*latecomer)
		lacks := j.o.Callers.Complete(one.e)
		if said := identity.Said(one.e); said != one.said {
			one.said = said
			n, _ := event.MetadataRevision.Get(one.e)
			event.MetadataRevision.Set(one.e, n+1)
			more := lacks && amendable(one.e) && now.Before(one.until)
			awaiting(one.e, more)
			rows = append(rows, func(e *event.Event) error {
				*e = *one.e
				return nil
			})
			if one.e.Class == event.ClassAudit {
				j.o.Requests.Seed(one.e, one.uid) // a later stage has the next number
			} else {
				again = append(again, one)
			}
			if !more {
				done = append(done, at)
			}
		} else if !lacks || now.After(one.until) {
			done = append(done, at)
		}
	}
	if len(rows) > 0 {
		if err := j.store(ctx, rows); err != nil {
			return err
		}
		l.Amended += int64(len(rows))
	}
	for _, one := range again {
		j.judge(one.e, one.uid, detect.SeenAmended)
	}
	for _, at := range done {
		l.remove(at)
	}
	return nil
}

// TakeLate returns what became of events that lacked something, since it was
// asked last.
func (j *Judge) TakeLate() Late {
	out := j.late.Late
	j.late.Late = Late{}
	return out
}
