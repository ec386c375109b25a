package expr

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// What Load lets go of, so that one huge event is not paid for by all that
// follow.
const (
	keptArena = 1 << 20 // bytes
	keptCells = 1 << 14
)

// Subject holds the values of one event as a program's trees see them. Values
// are read when a predicate first asks for them, those in the raw document
// all in one walk. A Subject is for one goroutine at a time and is reused
// from event to event.
type Subject struct {
	arena
	p       *Program
	e       *event.Event
	loads   uint64 // counts calls of Load
	columns []span
	answers []answer // of remembered predicates
	cells   []cell
	raw     rawjson.Values
	rawLoad uint64   // value of loads for which raw was extracted
	words   [2]words // as they stand, and folded
}

// span is where the values of a column stand in cells.
type span struct {
	load     uint64 // value of Subject.loads for which the rest holds
	from, to int32
	present  bool
}

// NewSubject returns a Subject without event.
func (p *Program) NewSubject() *Subject {
	return &Subject{p: p, e: &event.Event{}, loads: 1, columns: make([]span, len(p.columns)), answers: make([]answer, p.slow)}
}

// Load makes e the event that predicates are judged on. e and its document
// must not change until the next Load; nor may texts that the Subject handed
// out be used after it.
func (s *Subject) Load(e *event.Event) {
	s.e = e
	s.loads++
	s.cells = s.cells[:0]
	s.arena.reset()
	if cap(s.cells) > keptCells {
		s.cells = nil
	}
}

// column returns where the values of c stand, having read them.
func (s *Subject) column(c Column) *span {
	sp := &s.columns[c]
	if sp.load != s.loads {
		col := &s.p.columns[c]
		for _, a := range col.args { // their values come before those made of them
			s.column(a)
		}
		sp.load = s.loads
		sp.from = int32(len(s.cells))
		sp.present = s.readColumn(col)
		sp.to = int32(len(s.cells))
	}
	return sp
}

// readColumn appends the values of c and reports whether it is present.
func (s *Subject) readColumn(c *column) bool {
	switch c.from {
	case fromTerm:
		return s.compute(c)
	case fromRaw:
		return s.readPaths(c)
	case fromRawDoc:
		if len(s.e.Raw) > 0 {
			s.cells = append(s.cells, textCell(view(s.e.Raw)))
		}
		return len(s.e.Raw) > 0
	case fromList:
		list, ok := s.e.List(c.field)
		for _, v := range list {
			s.cells = append(s.cells, textCell(v))
		}
		return ok
	case fromWordAt, fromWordNamed:
		v, ok := c.word(s.e)
		if ok {
			s.cells = append(s.cells, textCell(v))
		}
		return ok
	case fromText:
		v, ok := s.e.Text(c.field)
		if ok {
			s.cells = append(s.cells, textCell(v))
		}
		return ok
	}
	n, ok := s.e.Number(c.field)
	if !ok {
		return false
	}
	switch c.from {
	case fromBool:
		s.cells = append(s.cells, boolCell(n != 0))
	case fromTime:
		s.cells = append(s.cells, timeCell(n))
	default:
		s.cells = append(s.cells, wholeCell(n))
	}
	return true
}

// word returns the word of a list that c picks.
func (c *column) word(e *event.Event) (string, bool) {
	list, _ := e.List(c.field)
	if c.from == fromWordAt {
		if c.index < len(list) {
			return list[c.index], true
		}
		return "", false
	}
	for _, w := range list {
		if v, ok := strings.CutPrefix(w, c.name); ok {
			return v, true
		}
	}
	return "", false
}

// readPaths appends what stands in the raw document at the paths of c. A
// document that is no JSON has nothing.
func (s *Subject) readPaths(c *column) (present bool) {
	if s.rawLoad != s.loads {
		s.rawLoad = s.loads
		s.raw.Reset()
		if len(s.e.Raw) > 0 {
			// The error leaves no values, which is what is meant.
			_ = s.p.paths.Extract(s.e.Raw, &s.raw)
		}
	}
	for _, slot := range c.slots {
		for _, l := range s.raw.Leaves(slot) {
			present = true
			switch l.Kind {
			case rawjson.Array: // its elements came before it
			case rawjson.Null:
				s.cells = append(s.cells, cell{kind: kindNull, hasText: true, hasFold: true})
			case rawjson.Number:
				s.cells = append(s.cells, jsonNumber(view(l.Text)))
			case rawjson.String:
				s.cells = append(s.cells, textCell(c.take(view(l.Text))))
			default:
				s.cells = append(s.cells, textCell(view(l.Text)))
			}
		}
	}
	return present
}

// take returns what of a text in the document is a value of c.
func (c *column) take(text string) string {
	if c.part == nil {
		return text
	}
	return c.part(text)
}
