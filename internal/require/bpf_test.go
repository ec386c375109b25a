package require

import (
	"strings"
	"testing"
)

// TestBPF tells .ci/run whether this machine can do eBPF, and holds one to it whose LYNCEUS_REQUIRE lists bpf.
func TestBPF(t *testing.T) { BPF(t) }

func TestBPFTellsWhy(t *testing.T) {
	err := tryBPF()
	t.Setenv(EnvVar, "")
	r := record(t, BPF)
	if want := map[bool]string{true: "run", false: "skip"}[err == nil]; r.outcome != want {
		t.Errorf("outcome %s, want %s: %v", r.outcome, want, err)
	}
	if err != nil && !strings.Contains(r.message, err.Error()) {
		t.Errorf("the message does not say why: %q", r.message)
	}
}
