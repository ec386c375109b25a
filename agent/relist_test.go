package agent

import (
	"testing"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// A listing that the hub asks for begins once, and not before there was a first one.
func TestRelist(t *testing.T) {
	a := &Agent{}
	do := func() string { return a.Do(t.Context(), peer.Command{Kind: peer.Inventory}).Error }
	if got := do(); got != ErrNotYet.Error() {
		t.Errorf("%q", got)
	}
	n := 0
	a.setRenew(func() { n++ })
	if got := do(); got != "" || n != 1 {
		t.Errorf("%q, %d", got, n)
	}
	if got := do(); got != ErrNotYet.Error() || n != 1 {
		t.Errorf("again: %q, %d", got, n)
	}
	if got := a.Do(t.Context(), peer.Command{Kind: "dance"}).Error; got != "an agent knows no command dance" {
		t.Errorf("%q", got)
	}
}
