package require

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// recorder stands in for the test that a need ends: it keeps how it ended.
type recorder struct {
	testing.TB
	outcome, message string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) {
	r.outcome, r.message = "skip", fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.outcome, r.message = "fail", fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// record runs f with a recorder in a goroutine of its own, which f may end.
func record(t *testing.T, f func(testing.TB)) *recorder {
	r := &recorder{TB: t, outcome: "run"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r
}

func TestNeed(t *testing.T) {
	tests := []struct {
		env  string
		ok   bool
		want string
	}{
		{"", true, "run"},
		{"bpf", true, "run"},
		{"", false, "skip"},
		{"cluster", false, "skip"},
		{"bpfs", false, "skip"},
		{"bpf", false, "fail"},
		{"cluster, bpf", false, "fail"},
	}
	for _, tt := range tests {
		t.Setenv(EnvVar, tt.env)
		r := record(t, func(tb testing.TB) { Need(tb, "bpf", tt.ok, "kernel has no BTF") })
		if r.outcome != tt.want {
			t.Errorf("Need(ok=%v) under %q: %s, want %s", tt.ok, tt.env, r.outcome, tt.want)
		}
		if tt.want != "run" && !strings.Contains(r.message, "missing bpf") {
			t.Errorf("message does not name what is missing: %q", r.message)
		}
	}
}

func TestSoak(t *testing.T) {
	for env, want := range map[string]string{"": "skip", "corpora": "skip", "corpora,soak": "run"} {
		t.Setenv(EnvVar, env)
		if r := record(t, Soak); r.outcome != want {
			t.Errorf("Soak under %q: %s, want %s", env, r.outcome, want)
		}
	}
}

func TestShared(t *testing.T) {
	dir := t.TempDir()
	pkg := filepath.Join(dir, "repo", "a", "b")
	if err := os.MkdirAll(pkg, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "repo", "go.mod"), []byte("module m\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(pkg)
	t.Setenv(EnvVar, "")
	for name, f := range map[string]func(testing.TB) string{"corpora": Corpora, "data": Data} {
		got := ""
		run := func(tb testing.TB) { got = f(tb) }
		if r := record(t, run); r.outcome != "skip" || !strings.Contains(r.message, "../shared/"+name) {
			t.Errorf("%s absent: %s %q, want a skip that names the place", name, r.outcome, r.message)
		}
		want := filepath.Join(dir, "shared", name)
		if err := os.MkdirAll(want, 0o755); err != nil {
			t.Fatal(err)
		}
		if r := record(t, run); r.outcome != "run" || got != want {
			t.Errorf("%s present: %s %q, want %q", name, r.outcome, got, want)
		}
	}
}

func TestModuleRootMissing(t *testing.T) {
	t.Chdir(t.TempDir())
	if r := record(t, func(tb testing.TB) { ModuleRoot(tb) }); r.outcome != "fail" {
		t.Errorf("no go.mod: %s, want fail", r.outcome)
	}
}
