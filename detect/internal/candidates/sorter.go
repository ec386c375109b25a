package candidates

import (
	"math/bits"

	"github.com/lynceus-io/lynceus/detect/internal/literals"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// sorter sorts the values of one column into classes. It is for one
// goroutine.
type sorter struct {
	col     *column
	classes *classes
	memo    *memo // nil until a text or list is met
	bytes   int   // for memo
	gate    gate
	numbers []number // a power of two, each remembering the last value that fell there
	value   expr.Value
	tmp     literals.Found
	found   literals.Found
}

// number is a whole number and its class.
type number struct {
	n     int64
	class classID
	used  bool
}

const (
	// memoPercent is the share of look-ups that must hit for the memo of a
	// column to pay.
	memoPercent = 50
	numberSlots = 512
)

func newSorter(col *column, memoBytes, classBytes int) *sorter {
	s := &sorter{col: col, classes: newClasses(col, classBytes), bytes: memoBytes, gate: newGate(memoPercent)}
	s.tmp.Grow(len(col.values.uses))
	s.found.Grow(col.preds)
	return s
}

// reset forgets all classes and values.
func (s *sorter) reset(a *anchors) {
	s.classes.reset(a)
	clear(s.numbers)
	if s.memo != nil {
		s.memo.reset()
	}
}

// sort returns the class of the event's value.
func (s *sorter) sort(e *event.Event) classID {
	switch s.col.typ {
	case event.TypeInt:
		if n, ok := e.Number(s.col.field); ok {
			return s.number(n)
		}
	case event.TypeBool:
		if n, ok := e.Number(s.col.field); ok {
			return s.bool(n != 0)
		}
	case event.TypeStrings:
		if list, ok := e.List(s.col.field); ok {
			return s.list(list)
		}
	default:
		if text, ok := e.Text(s.col.field); ok {
			return s.text(text)
		}
	}
	return absentClass
}

func (s *sorter) text(text string) classID {
	if !s.gate.open() || len(text) > longestKey {
		return s.lookText(text)
	}
	if s.memo == nil {
		s.memo = newMemo(s.bytes)
	}
	h := literals.Hash(text)
	if id, ok := s.memo.text(h, text); ok {
		s.gate.hit()
		return id
	}
	s.gate.miss()
	id := s.lookText(text)
	if id != passingClass {
		s.memo.putText(h, text, id)
	}
	return id
}

func (s *sorter) lookText(text string) classID {
	s.begin()
	s.value.SetText(text)
	s.col.values.text(&s.value, text, &s.tmp, &s.found)
	return s.classes.find(&s.found)
}

func (s *sorter) list(list []string) classID {
	if !s.gate.open() {
		return s.lookList(list)
	}
	if s.memo == nil {
		s.memo = newMemo(s.bytes)
	}
	h := hashList(list)
	if id, ok := s.memo.list(h, list); ok {
		s.gate.hit()
		return id
	}
	s.gate.miss()
	id := s.lookList(list)
	if id != passingClass {
		s.memo.putList(h, list, id)
	}
	return id
}

func (s *sorter) lookList(list []string) classID {
	s.begin()
	for _, text := range list {
		s.value.SetText(text)
		s.col.values.text(&s.value, text, &s.tmp, &s.found)
	}
	return s.classes.find(&s.found)
}

func (s *sorter) number(n int64) classID {
	if s.numbers == nil {
		s.numbers = make([]number, numberSlots)
	}
	slot := &s.numbers[scramble(uint64(n))>>(64-bits.Len(numberSlots-1))]
	if slot.used && slot.n == n {
		return slot.class
	}
	s.begin()
	s.value.SetInt(n)
	s.col.values.number(&s.value, n, &s.found)
	id := s.classes.find(&s.found)
	if id != passingClass {
		*slot = number{n, id, true}
	}
	return id
}

func (s *sorter) bool(v bool) classID {
	if v {
		return s.text("true")
	}
	return s.text("false")
}

// begin empties found but for the presence of a value.
func (s *sorter) begin() {
	s.found.Reset()
	if s.col.exists >= 0 {
		s.found.Add(s.col.exists)
	}
}
