package expr

// remembered is a predicate that takes long to decide and is decided once for
// an event, however many trees have it.
type remembered struct {
	test test
	slot int32 // in Subject.answers
}

// answer is what a remembered predicate said.
type answer struct {
	load uint64 // value of Subject.loads for which the rest holds
	yes  bool
}

func (t *remembered) holds(s *Subject) bool {
	if a := &s.answers[t.slot]; a.load == s.loads {
		return a.yes
	}
	yes := t.test.holds(s)
	s.answers[t.slot] = answer{s.loads, yes}
	return yes
}

// isSlow reports whether a predicate is worth remembering.
func isSlow(op Op) bool {
	switch op {
	case OpRegex, OpMismatch, OpKeyword, OpFieldEq, OpFieldPrefix, OpFieldSuffix, OpFieldContains:
		return true
	}
	return false
}
