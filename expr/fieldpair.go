package expr

import "strings"

// maxPaired is how many values of either side OpFieldEq and its kin look at.
// Every pair is compared, and a client chooses how many values it sends.
const maxPaired = 1024

// fieldPair is OpFieldEq, OpFieldPrefix, OpFieldSuffix and OpFieldContains:
// some value of one column against some value of another.
type fieldPair struct {
	op         Op
	col, other Column
	fold       bool
}

func (t *fieldPair) holds(s *Subject) bool {
	a, b := s.column(t.col), s.column(t.other)
	for i := a.from; i < min(a.to, a.from+maxPaired); i++ {
		for j := b.from; j < min(b.to, b.from+maxPaired); j++ {
			if t.pair(s, &s.cells[i], &s.cells[j]) {
				return true
			}
		}
	}
	return false
}

func (t *fieldPair) pair(s *Subject, a, b *cell) bool {
	if a.kind == kindNull || b.kind == kindNull {
		return false
	}
	if t.op == OpFieldEq && a.kind == b.kind && a.isNumber && b.isNumber {
		return compare(a.number, b.number) == 0
	}
	text, part := s.read(a, t.fold), s.read(b, t.fold)
	switch t.op {
	case OpFieldEq:
		return text == part
	case OpFieldPrefix:
		return strings.HasPrefix(text, part)
	case OpFieldSuffix:
		return strings.HasSuffix(text, part)
	}
	return strings.Contains(text, part)
}
