package live

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

func TestRepeated(t *testing.T) {
	r := newRepeated(3)
	note := func(version string, change inventory.Change, at int64) bool {
		var e event.Event
		inventory.Fill(&e, &inventory.Object{Cluster: "prod", Resource: "pods", UID: "u", ResourceVersion: version, Change: change, Time: at * storedTime}, inventory.Group{})
		return r.Note(&e)
	}
	for i, step := range []struct {
		version string
		change  inventory.Change
		at      int64
		again   bool
	}{
		{"1", inventory.Present, 10, false},
		{"1", inventory.Present, 10, true},
		{"1", inventory.Present, 20, false}, // a renewal
		{"1", inventory.Gone, 30, false},
		{"1", inventory.Present, 40, false}, // it was not gone
		{"1", inventory.Gone, 30, true},
		{"2", inventory.Changed, 50, false},
		{"2", inventory.Changed, 50, true},
		{"1", inventory.Present, 10, true}, // of the generation before
	} {
		if again := note(step.version, step.change, step.at); again != step.again {
			t.Errorf("step %d: %v", i, again)
		}
	}
	for i := range int64(100) {
		note("3", inventory.Changed, i)
	}
	if n := len(r.current) + len(r.previous); n > 6 {
		t.Errorf("%d rows are remembered", n)
	}
}
