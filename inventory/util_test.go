package inventory

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
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

// throughRow returns an object as it comes back from a row.
func throughRow(t *testing.T, o *Object) *Object {
	t.Helper()
	var e event.Event
	var back Object
	Fill(&e, o, Group{})
	if err := Read(&e, &back); err != nil {
		t.Fatal(err)
	}
	return &back
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}
