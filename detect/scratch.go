package detect

import (
	"github.com/lynceus-io/lynceus/detect/internal/candidates"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// Scratch is what one goroutine needs to match events, and what it has learnt
// that makes it faster. It belongs to the Set that made it.
type Scratch struct {
	finders map[event.Class]*candidates.Finder
	subject *expr.Subject
	// The table of the last event, since events of one table come together.
	class  event.Class
	table  *table
	finder *candidates.Finder
}

// NewScratch returns a Scratch that has learnt nothing.
func (s *Set) NewScratch() *Scratch {
	sc := &Scratch{finders: map[event.Class]*candidates.Finder{}, subject: s.program.NewSubject()}
	for class, t := range s.tables {
		sc.finders[class] = t.index.NewFinder(candidates.Limits{MemoBytes: s.opts.MemoBytes, ClassBytes: s.opts.ClassBytes})
	}
	return sc
}

// Retune lets sc adapt to the events it has seen. It changes how fast matching
// is, never what matches; it returns at once when there is little to gain, and
// otherwise takes milliseconds. Call it between batches of events.
func (sc *Scratch) Retune() {
	for _, f := range sc.finders {
		f.Retune()
	}
}

// turn makes class the table of the next event.
func (sc *Scratch) turn(s *Set, class event.Class) {
	sc.class, sc.table, sc.finder = class, s.tables[class], sc.finders[class]
}
