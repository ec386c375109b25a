package live

import (
	"container/list"
	"context"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity"
)

const (
	// lateFor is how long after an event was stored what is learned of its
	// pods is still added to it.
	lateFor = 10 * time.Minute
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
	if e.Class != event.ClassAudit {
		return
	}
	l := &j.late
	if was := l.byUID[uid]; was != nil {
		l.remove(was)
	}
	if !j.o.Callers.Lacks() {
		return
	}
	if n, _ := event.MetadataRevision.Get(e); n >= maxRevision {
		return
	}
	event.AuditAwaits.Set(e, true)
	if l.byUID == nil {
		l.byUID = map[event.UID]*list.Element{}
	}
	one := &latecomer{e: e.Clone(), uid: uid, said: identity.Said(e), until: j.o.Now().Add(lateFor)}
	l.byUID[uid] = l.order.PushBack(one)
	l.bytes += one.size()
	for l.bytes > lateBytes {
		l.remove(l.order.Front())
		l.Shed++
	}
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
	for at := l.order.Front(); at != nil; at = at.Next() {
		one := at.Value.(*latecomer)
		lacks := j.o.Callers.Complete(one.e)
		if said := identity.Said(one.e); said != one.said {
			one.said = said
			n, _ := event.MetadataRevision.Get(one.e)
			event.MetadataRevision.Set(one.e, n+1)
			event.AuditAwaits.Set(one.e, false)
			rows = append(rows, func(e *event.Event) error {
				*e = *one.e
				return nil
			})
			done = append(done, at)
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
	for _, at := range done {
		one := at.Value.(*latecomer)
		j.o.Requests.Seed(one.e, one.uid) // a later stage has the next number
		l.remove(at)
	}
	return nil
}

// Late returns what became of events that lacked something, since the start.
func (j *Judge) Late() Late { return j.late.Late }
