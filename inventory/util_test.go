package inventory

import (
	"fmt"
	"slices"
)

func reversed(in []*Object) []*Object {
	out := slices.Clone(in)
	slices.Reverse(out)
	return out
}

// endText says an End in a line.
func endText(e End) string {
	s := fmt.Sprintf("%s %s/%s %d", e.Kind, e.Namespace, e.Name, e.Pods)
	if e.Kind == EndNode && e.Pod != nil {
		s += " only " + e.Pod.Name
	}
	if e.APIServer {
		s += " server"
	}
	if e.InNetwork {
		s += " in network"
	}
	return s
}
