package ocsf

import "strings"

// unmapped is the object that holds what OCSF has no place for.
const unmapped = "unmapped"

// step is one member of an OCSF path.
type step struct {
	name  string
	first bool // [0]: the member is a list, of which this is the only element
	each  bool // []: the member is a list with an element for each value
}

// parsePath reads a path of the registry, such as resources[0].name.
func parsePath(path string) []step {
	var out []step
	for part := range strings.SplitSeq(path, ".") {
		s := step{}
		if s.name, s.first = strings.CutSuffix(part, "[0]"); !s.first {
			s.name, s.each = strings.CutSuffix(part, "[]")
		}
		out = append(out, s)
	}
	return out
}
