package candidates

import (
	"math/bits"

	"github.com/lynceus-io/lynceus/detect/internal/literals"
)

// classID is the number of a class in its column.
type classID uint16

const (
	absentClass  classID = 0
	presentClass classID = 1
	// passingClass is the one class that is made anew for each value when
	// there is no room for another.
	passingClass classID = 1<<16 - 1
	maxClasses           = 1<<16 - 1
)

// class is a set of predicates of one column that a value satisfies, and what
// follows from it.
type class struct {
	preds []int32
	atoms []uint64 // a bit for each that holds
	trees []int32  // anchored in atoms that hold
}

// classes are those of one column, each set of predicates once.
type classes struct {
	col     *column
	anchors *anchors
	list    []*class
	passing class
	table   []classID // by the marks of predicates; 0 is free
	bytes   int
	limit   int // of bytes
	passed  int // values that found no room for their class
}

func newClasses(col *column, limit int) *classes {
	return &classes{col: col, limit: limit}
}

// reset forgets all classes; trees are anchored as by a from then on.
func (s *classes) reset(a *anchors) {
	s.anchors = a
	s.list = s.list[:0]
	s.table = make([]classID, 64)
	s.bytes, s.passed = 0, 0
	s.passing.atoms = make([]uint64, len(s.col.present))
	s.list = append(s.list, s.make(nil, s.col.absent))
	var present []int32
	if s.col.exists >= 0 {
		present = []int32{s.col.exists}
	}
	s.list = append(s.list, s.make(present, s.col.present))
	s.enter(s.mark(present), presentClass)
}

// anchor makes trees be found as by a from now on.
func (s *classes) anchor(a *anchors) {
	s.anchors = a
	for _, c := range s.list {
		c.trees = a.trees(c.atoms, nil)
	}
}

// get returns a class. The passing one is valid until the next find.
func (s *classes) get(id classID) *class {
	if id == passingClass {
		return &s.passing
	}
	return s.list[id]
}

// find returns the class of present values that satisfy the predicates in
// found.
func (s *classes) find(found *literals.Found) classID {
	mark := s.mark(found.IDs)
	mask := len(s.table) - 1
	for i := int(mark); ; i++ {
		id := s.table[i&mask]
		if id == 0 {
			break
		}
		if s.list[id].is(found) {
			return id
		}
	}
	size := 8*len(s.col.present) + 4*len(found.IDs) + classOverhead
	if len(s.list) == maxClasses || s.bytes+size > s.limit {
		s.pass(found)
		return passingClass
	}
	c := s.make(append([]int32(nil), found.IDs...), s.col.present)
	s.col.flip(c.atoms, found)
	c.trees = s.anchors.trees(c.atoms, nil)
	s.bytes += size + 4*cap(c.trees)
	s.list = append(s.list, c)
	id := classID(len(s.list) - 1)
	s.enter(mark, id)
	return id
}

// classOverhead is what a class takes beside its lists, its place in the
// table included.
const classOverhead = 128

// pass makes the passing class that of found.
func (s *classes) pass(found *literals.Found) {
	s.passed++
	c := &s.passing
	c.preds = append(c.preds[:0], found.IDs...)
	copy(c.atoms, s.col.present)
	s.col.flip(c.atoms, found)
	c.trees = s.anchors.trees(c.atoms, c.trees[:0])
}

func (s *classes) make(preds []int32, atoms []uint64) *class {
	c := &class{preds: preds, atoms: append([]uint64(nil), atoms...)}
	c.trees = s.anchors.trees(c.atoms, nil)
	return c
}

// is reports whether c is the class of found.
func (c *class) is(found *literals.Found) bool {
	if len(c.preds) != len(found.IDs) {
		return false
	}
	for _, p := range c.preds {
		if !found.Has(p) {
			return false
		}
	}
	return true
}

// mark is the same for equal sets in any order.
func (s *classes) mark(preds []int32) uint64 {
	m := uint64(0)
	for _, p := range preds {
		m ^= s.col.marks[p]
	}
	return m
}

// enter puts a class into the table, which is kept at most half full.
func (s *classes) enter(mark uint64, id classID) {
	if 2*len(s.list) > len(s.table) {
		old := s.table
		s.table = make([]classID, 1<<bits.Len(uint(2*len(old))))
		for _, o := range old {
			if o != 0 && o != id {
				s.enter(s.mark(s.list[o].preds), o)
			}
		}
	}
	mask := len(s.table) - 1
	i := int(mark)
	for s.table[i&mask] != 0 {
		i++
	}
	s.table[i&mask] = id
}
