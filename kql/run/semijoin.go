package run

import "github.com/lynceus-io/lynceus/kql/value"

// semi makes the rows of one side that have a partner in the other, or for an
// anti join those that have none.
func (j *join) semi(keep, other *side, anti bool) Rows {
	keep.at = 0
	return &semiJoin{step: j.step, keep: keep, other: other, anti: anti, row: j.row[:len(keep.cols)]}
}

type semiJoin struct {
	step
	keep, other *side
	anti        bool
	row         []value.Value
	keys        map[string]struct{} // of the other side
}

func (s *semiJoin) Next(dst []value.Value) bool {
	if s.keys == nil && !s.build() {
		return false
	}
	for !s.stopped() && s.keep.in.Next(s.row) {
		key := s.keep.encode(s.row)
		_, found := s.keys[string(key)]
		if (found && key != nil) != s.anti {
			s.keep.put(dst, s.row)
			return !s.failed()
		}
	}
	return false
}

func (s *semiJoin) build() bool {
	s.keys = map[string]struct{}{}
	row := make([]value.Value, len(s.other.cols))
	for s.other.in.Next(row) {
		key := s.other.encode(row)
		if s.stopped() {
			return false
		}
		if _, ok := s.keys[string(key)]; ok || key == nil {
			continue
		}
		if !s.hold(int64(len(key) + entrySize)) {
			return false
		}
		s.keys[string(key)] = struct{}{}
	}
	s.err = s.other.in.Err()
	return !s.failed()
}
