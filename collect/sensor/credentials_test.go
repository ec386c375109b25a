//go:build linux

package sensor

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// TestCredentials has processes become others and looks at what is said of it.
func TestCredentials(t *testing.T) {
	ofKernel(t)
	require.Need(t, "bpf", os.Geteuid() == 0, "root, which alone can become another user")
	rec := start(t, Spec{Plan: plan.Plan{Calls: []string{"setuid", "capset"}}})
	t.Run("by a call", func(t *testing.T) {
		dir := realTempDir(t)
		if err := ground(dir); err != nil {
			t.Fatal(err)
		}
		cmd := helper("call", "setuid", dir)
		run(t, cmd)
		e := rec.await(t, 1, "setuid", func(e *event.Event) bool {
			pid, _ := event.ProcessPID.Get(e)
			return pid == int64(cmd.Process.Pid) && event.Activity.Get(e) == activitySetUser
		})[0]
		before, had := event.ProcessPreviousUID.Get(e)
		if after, _ := event.ProcessUserUID.Get(e); before != 0 || !had || after != 4242 {
			t.Errorf("user %d (%v) became %d", before, had, after)
		}
	})
	t.Run("by a program that has the right to", func(t *testing.T) {
		program, err := os.ReadFile("/bin/true")
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(realTempDir(t), "set-user-id")
		if err := os.WriteFile(name, program, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{os.Chown(name, 4243, 0), os.Chmod(name, 0o755|os.ModeSetuid)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		run(t, helper("spawn", name))
		e := rec.await(t, 1, "set-user-id", func(e *event.Event) bool {
			return event.ProcessFilePath.Get(e) == name && event.Activity.Get(e) == activitySetUser
		})[0]
		before, _ := event.ProcessPreviousUID.Get(e)
		if after, _ := event.ProcessUserUID.Get(e); before != 0 || after != 4243 {
			t.Errorf("user %d became %d", before, after)
		}
		if caps := event.ProcessCapabilitiesEffective.Get(e); slices.Contains(caps, "CAP_SYS_ADMIN") {
			t.Errorf("still has %v", caps)
		}
	})
}

// TestSetPlan has a sensor tell other files without being loaded again.
func TestSetPlan(t *testing.T) {
	dir := realTempDir(t)
	of := func(name string) plan.Plan {
		return plan.Plan{Files: plan.Files{Read: plan.Paths{Names: []string{name}}}}
	}
	s, rec := startSensor(t, Spec{Plan: of("first-of-plans")})
	first, second := filepath.Join(dir, "first-of-plans"), filepath.Join(dir, "second-of-plans")
	for _, name := range []string{first, second} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	opened := func(name string) func(*event.Event) bool {
		return func(e *event.Event) bool { return event.FilePath.Get(e) == name }
	}
	readAll(t, second)
	readAll(t, first)
	rec.await(t, 1, "the first", opened(first))
	if got := rec.all(opened(second)); len(got) != 0 {
		t.Errorf("%d rows of a file that is not in the plan", len(got))
	}
	if err := s.SetPlan(of("second-of-plans")); err != nil {
		t.Fatal(err)
	}
	readAll(t, first)
	readAll(t, second)
	rec.await(t, 1, "the second", opened(second))
	if got := rec.all(opened(first)); len(got) != 1 {
		t.Errorf("%d rows of a file that is not in the plan any more", len(got)-1)
	}
	if err := s.SetPlan(plan.Plan{}); err != ErrOtherHooks { //nolint:errorlint // as it is returned
		t.Errorf("a plan without hooks: %v", err)
	}
}
