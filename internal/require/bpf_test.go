package require

import (
	"strings"
	"testing"
)

// TestBPF is, so far, the only test that needs eBPF: where LYNCEUS_REQUIRE lists bpf, it holds the machine to that.
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
