//go:build linux

package sensor

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// A capture has all opens of one container told, marked, and nothing more of others; when it ends, all is as before, and
// the plan may be another one meanwhile.
func TestCapture(t *testing.T) {
	c := sensortest.NewContainer(t)
	dir := realTempDir(t)
	planned, other, late := filepath.Join(dir, "planned"), filepath.Join(dir, "other"), filepath.Join(dir, "late")
	for _, name := range []string{planned, other, late} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	of := func(name string) plan.Plan {
		return plan.Plan{Files: plan.Files{Read: plan.Paths{Names: []string{name}}}}
	}
	p := of("planned")
	p.Any = true
	s, rec := startSensor(t, Spec{Plan: p})
	inside := func(name string) {
		t.Helper()
		if out, err := c.Command("/bin/cat", name).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	opened := func(name, uid, id string) func(*event.Event) bool {
		return func(e *event.Event) bool {
			return event.FilePath.Get(e) == name && event.CaptureUID.Get(e) == uid && event.ContainerUID.Get(e) == id
		}
	}
	inside(other)
	if err := s.Capture(&Capture{UID: "one", Container: c.ID}); err != nil {
		t.Fatal(err)
	}
	inside(other)
	readAll(t, other)
	readAll(t, planned)
	rec.await(t, 1, "what is captured", opened(other, "one", c.ID))
	rec.await(t, 1, "what the plan wants of the node", opened(planned, "", ""))
	if err := s.SetPlan(of("late")); err != nil {
		t.Fatal(err)
	}
	if err := s.Capture(&Capture{UID: "two", PodUID: c.PodUID}); err != nil {
		t.Fatal(err)
	}
	inside(other)
	rec.await(t, 1, "what is captured by the pod", opened(other, "two", c.ID))
	if err := s.Capture(nil); err != nil {
		t.Fatal(err)
	}
	inside(other)
	inside(late)
	rec.await(t, 1, "what the plan wants then", opened(late, "", c.ID))
	for _, tt := range []struct {
		what string
		want func(*event.Event) bool
		n    int
	}{{"before and after", opened(other, "", c.ID), 0}, {"of others", opened(other, "", ""), 0}, {"by the first", opened(other, "one", c.ID), 1}, {"by the second", opened(other, "two", c.ID), 1}} {
		if n := len(rec.all(tt.want)); n != tt.n {
			t.Errorf("%s: %d rows, want %d", tt.what, n, tt.n)
		}
	}
}

// A sensor that is not made for it captures nothing.
func TestCaptureNeedsHooks(t *testing.T) {
	s, _ := startSensor(t, Spec{})
	if err := s.Capture(&Capture{UID: "one", Container: "c"}); !errors.Is(err, ErrOtherHooks) {
		t.Error(err)
	}
}
