//go:build linux

package need

import (
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/syscalls"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule/falco"
)

// What is said to be seen is what the sensor has tables for.
func TestSeen(t *testing.T) {
	for _, class := range event.Classes() {
		for _, call := range falco.Calls(class) {
			_, known := syscalls.Lookup(call)
			known = known || slices.Contains(sockets, call) || slices.Contains(always, call)
			if slices.Contains(seen, call) != known {
				t.Errorf("%s: seen %v, and the sensor knows it: %v", call, !known, known)
			}
		}
	}
}

func TestUnseen(t *testing.T) {
	rules := falcoRules(t, "evt.type=close and proc.name=x", "evt.type in (close, ptrace)", "evt.type=execve", "not evt.type=close and evt.type=ptrace")
	var got []string
	for _, p := range Unseen(rules) {
		got = append(got, p.Title+" "+p.Feature)
	}
	if want := []string{"ra system call close", "rb system call close"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
