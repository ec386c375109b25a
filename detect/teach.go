package detect

import (
	"encoding/binary"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// Pupils returns the rules among those of a kind that ask what is new and whose
// questions the memory does not know yet: they came into force since it was
// saved. Teach teaches them from the stored past, and Taught ends that. at is
// now; what is taught is known for as long as it is asked about.
func (s *State) Pupils(of func(*rule.Rule) bool, at time.Time) (out []*rule.Rule) {
	s.pupils = map[int32]bool{}
	for i, p := range s.plans {
		if p.rule.Disabled || p.correlation != nil || len(p.novelties) == 0 || !of(p.rule) {
			continue
		}
		if s.taught(p) {
			s.graduate(p, at)
			continue
		}
		s.pupils[int32(i)] = true
		out = append(out, p.rule)
	}
	return out
}

// Teach lets the rules that Pupils returned remember their matches in an event
// of the past. They make no findings. Order does not matter.
func (s *State) Teach(e *event.Event, matches []Match) { s.teach(e, matches, s.pupils) }

// Taught says that the rules that Pupils returned know the past.
func (s *State) Taught(at time.Time) {
	for i := range s.pupils {
		s.graduate(s.plans[i], at)
	}
	s.pupils = nil
}

// teach remembers matches of the rules in only, or of all where it is nil.
func (s *State) teach(e *event.Event, matches []Match, only map[int32]bool) {
	if len(matches) == 0 {
		return
	}
	t, loaded := requestTime(e, 0), false
	for _, m := range matches {
		p := s.plans[m.Rule]
		if len(p.novelties) == 0 || p.correlation != nil || only != nil && !only[int32(m.Rule)] {
			continue
		}
		if !loaded {
			s.subject.Load(e)
			loaded = true
		}
		if !s.verify(p, m) {
			continue
		}
		for i := range p.novelties {
			s.opts.Novelty.learn(s.noveltyKey(p, i, event.K8sCluster.Get(e)), t)
		}
	}
}

// lesson is under which the memory knows that a question was taught. It stands
// among the combinations, so that it is saved, and forgotten, with them.
func (s *State) lesson(n *novelty) uint64 {
	u := s.hasher.Sum("taught", n.kind)
	return binary.LittleEndian.Uint64(u[:])
}

func (s *State) taught(p *plan) bool {
	for i := range p.novelties {
		if _, ok := s.opts.Novelty.keys.get(s.lesson(&p.novelties[i])); !ok {
			return false
		}
	}
	return true
}

func (s *State) graduate(p *plan, at time.Time) {
	for i := range p.novelties {
		s.opts.Novelty.keys.put(s.lesson(&p.novelties[i]), hourOf(at.UnixNano()))
	}
}
