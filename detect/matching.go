package detect

import "github.com/lynceus-io/lynceus/event"

// Match appends the rules that e matches to dst, in increasing order. It
// depends on nothing but the rules and e. Rules that read contextual fields
// are reported as pending when they match for some values of those; [Verify]
// decides.
//
// [Verify]: Set.Verify
func (s *Set) Match(sc *Scratch, e *event.Event, dst []Match) []Match {
	if e.Class != sc.class || sc.table == nil {
		sc.turn(s, e.Class)
		if sc.table == nil {
			return dst
		}
	}
	loaded := false
	for _, i := range sc.finder.Find(e) {
		j := &sc.table.rules[i]
		if j.tree >= 0 {
			if !loaded {
				sc.subject.Load(e)
				loaded = true
			}
			if !s.program.Eval(sc.subject, int(j.tree)) {
				continue
			}
		}
		dst = append(dst, Match{Rule: j.rule, Pending: j.pending})
	}
	return dst
}

// Verify reports whether a rule of the set holds on e as it is now, contextual
// fields included. A rule without a condition holds on nothing.
func (s *Set) Verify(sc *Scratch, e *event.Event, rule int32) bool {
	if s.whole[rule] < 0 {
		return false
	}
	sc.subject.Load(e)
	return s.program.Eval(sc.subject, int(s.whole[rule]))
}
