//go:build linux

package sensorcmd

import (
	"os"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
)

// A trial becomes one row about health; none of its events is seen by anybody, and everybody else's are.
func TestTrials(t *testing.T) {
	now := time.Unix(1e9, 0).UTC()
	var rows []coverage.Account
	tr := newTrials(sensor.Node{Name: "w1"}, func() time.Time { return now }, func(e *event.Event) error {
		a, ok := coverage.Read(e)
		if !ok {
			t.Error("no row of coverage")
		}
		rows = append(rows, a)
		return nil
	})
	var e event.Event
	f := func(class event.Class, activity, line, uid string, parent int, want bool) {
		t.Helper()
		e.Reset(class)
		event.Activity.Set(&e, activity)
		event.ProcessCmdLine.Set(&e, line)
		event.ProcessParentProcessPID.Set(&e, int64(parent))
		if class == event.ClassProcess {
			event.ProcessUID.Set(&e, uid)
		} else {
			event.ActorProcessUID.Set(&e, uid)
		}
		if got, err := tr.takes(&e); got != want || err != nil {
			t.Errorf("%s %s of %s: %v, %v", activity, line, uid, got, err)
		}
	}
	me := os.Getpid()
	f(event.ClassProcess, "Launch", "lynceus-sensor trial ", "p0", me, false)
	tr.secret.Store(&trial{"SECRET", now.Add(-20 * time.Millisecond)})
	f(event.ClassProcess, "Launch", "ls", "p1", me, false)
	f(event.ClassProcess, "Launch", "ls SECRET", "p2", me+1, false)
	f(event.ClassProcess, "Launch", "lynceus-sensor trial SECRET", "p3", me, true)
	f(event.ClassFile, "Open", "", "p3", 0, true)
	f(event.ClassFile, "Open", "", "p2", 0, false)
	f(event.ClassProcess, "Terminate", "lynceus-sensor trial SECRET", "p3", me, true)
	f(event.ClassFile, "Open", "", "p3", 0, false)
	if len(rows) != 1 || rows[0].Kind != coverage.Trial || rows[0].Node != "w1" || rows[0].To.Sub(rows[0].From) != 20*time.Millisecond {
		t.Errorf("%+v", rows)
	}
	if isTrial([]string{"trial"}) || !isTrial([]string{"trial", "x"}) || isTrial([]string{"--node", "x"}) {
		t.Error("other arguments are a trial")
	}
}
