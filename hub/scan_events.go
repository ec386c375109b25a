package hub

import (
	"slices"

	"github.com/lynceus-io/lynceus/collect/k8sevent"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// maxRecorded bounds the Events of recorded inventories that rules found
// something in, in bytes of their documents and some for the rest of each.
const (
	maxRecorded  = 64 << 20
	recordedCost = 1 << 10
)

// recorded are the cluster's Event objects in recorded inventories, until their
// turn comes among the events of the logs. Those that no rule finds anything in
// are not kept: nothing in a scan asks for them.
type recorded struct {
	list   []recordedEvent
	bytes  int
	beyond int64 // that found no room
}

// recordedEvent is one, and the rules that match it.
type recordedEvent struct {
	event   *event.Event
	matches []detect.Match
}

// learnEvent judges an Event that an inventory recorded by the rules that need
// no other event.
func (p *pipeline) learnEvent(o *inventory.Object, r *redact.Redactor) {
	if doc, _, err := r.Document(nil, o.Document, redact.Context{}); err == nil {
		o.Document = doc
	} else {
		o.Document = nil // no JSON: what stands around it is told
	}
	var e event.Event
	k8sevent.Fill(&e, o)
	at := event.Time.Get(&e)
	if s := p.options.Since; !s.IsZero() && at < s.UnixNano() {
		return
	}
	if u := p.options.Until; !u.IsZero() && at >= u.UnixNano() {
		return
	}
	matches := p.set.Match(p.scratches[0], &e, nil)
	if len(matches) == 0 {
		return
	}
	cost := len(o.Document) + recordedCost
	if p.recorded.bytes+cost > maxRecorded {
		p.recorded.beyond++
		return
	}
	p.recorded.bytes += cost
	p.recorded.list = append(p.recorded.list, recordedEvent{e.Clone(), matches})
}

// sortRecorded puts them in the order of time, and of identity where that is the
// same: the order of files says nothing.
func (p *pipeline) sortRecorded() {
	slices.SortStableFunc(p.recorded.list, func(a, b recordedEvent) int {
		if x, y := event.Time.Get(a.event), event.Time.Get(b.event); x != y {
			return int(max(-1, min(1, x-y)))
		}
		x, y := event.UIDOf(a.event), event.UIDOf(b.event)
		return slices.Compare(x[:], y[:])
	})
}

// takeRecorded lets those that happened before a time change the state.
func (p *pipeline) takeRecorded(before int64) {
	n := 0
	for _, r := range p.recorded.list {
		if event.Time.Get(r.event) >= before {
			break
		}
		n++
		if !p.repeated.Note(r.event) {
			p.state.Observe(r.event, event.UIDOf(r.event), r.matches, detect.SeenFirst)
		}
	}
	p.recorded.list = p.recorded.list[n:]
}
