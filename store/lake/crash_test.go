package lake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// runPlan is what TestCrashAtSteps does: appends that cover two hours and
// tables, merges and drops between them. It returns what was acknowledged.
func runPlan(l *Lake, now *clock) (acked uint64) {
	for seq := uint64(1); seq <= 6; seq++ {
		when := base.Add(time.Duration(seq) * 25 * time.Minute)
		now.at = when
		a := l.Begin("p", seq, seq)
		for i, c := range []event.Class{event.ClassAudit, event.ClassNetwork} {
			a.Add(at(c, fmt.Sprintf("%d-%d", seq, i), when)) // Commit tells
		}
		if a.Commit(context.Background()) != nil {
			return acked
		}
		acked = seq
		if seq%2 == 0 {
			l.Maintain(context.Background()) // what it cannot do, the next does
		}
	}
	now.at = base.Add(10 * time.Hour)
	l.Maintain(context.Background())
	now.at = base.Add(11 * time.Hour)
	l.Maintain(context.Background())
	return acked
}

// TestCrashAtSteps stops the machine at steps that change the disk, opens what is left, and holds that what was acknowledged is there
// once and what was not can be appended again.
func TestCrashAtSteps(t *testing.T) { crashAtSteps(t, 41) }

// TestSoakCrashAtEveryStep leaves none out.
func TestSoakCrashAtEveryStep(t *testing.T) {
	require.Soak(t)
	crashAtSteps(t, 1)
}

// crashAtSteps looks at one step in every stride.
func crashAtSteps(t *testing.T, stride int) {
	errStopped := errors.New("stopped")
	opts := func(dir string, now *clock) Options {
		return Options{Dir: dir, Now: now.now, Grace: time.Minute, Retention: map[event.Class]time.Duration{event.ClassNetwork: 6 * time.Hour}}
	}
	for _, mode := range []string{"stopped", "full"} {
		for stop := 1; ; stop += stride {
			dir, now, steps := t.TempDir(), &clock{base}, 0
			l, _ := open(t, opts(dir, now))
			where := ""
			l.disk.fault = func(step, name string) error {
				steps++
				if mode == "full" && steps == stop && step != "remove" {
					where = step + " " + name
					return syscall.ENOSPC
				}
				if mode == "stopped" && steps >= stop {
					if where == "" {
						where = step + " " + name
					}
					return errStopped
				}
				return nil
			}
			acked := runPlan(l, now)
			if stop > steps {
				break
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			now.at = base.Add(3 * time.Hour)
			l, r := open(t, opts(dir, now))
			mark := l.Mark("p")
			if mark < acked || mark > acked+1 {
				t.Fatalf("%s at step %d (%s): mark %d, acknowledged %d", mode, stop, where, mark, acked)
			}
			for seq := mark + 1; seq <= 6; seq++ { // the stream delivers again
				when := base.Add(time.Duration(seq) * 25 * time.Minute)
				store(t, l, "p", seq, seq, at(event.ClassAudit, fmt.Sprintf("%d-0", seq), when), at(event.ClassNetwork, fmt.Sprintf("%d-1", seq), when))
			}
			maintain(t, l)
			got := uids(scan(t, l, All(event.ClassAudit)))
			slices.Sort(got)
			if want := []string{"1-0", "2-0", "3-0", "4-0", "5-0", "6-0"}; !slices.Equal(got, want) {
				t.Errorf("%s at step %d (%s): audit has %q; %s", mode, stop, where, got, r)
			}
			got = uids(scan(t, l, All(event.ClassNetwork)))
			slices.Sort(got)
			if want := []string{"1-1", "2-1", "3-1", "4-1", "5-1", "6-1"}; !slices.Equal(got, want) && len(got) > 0 {
				t.Errorf("%s at step %d (%s): network has %q; %s", mode, stop, where, got, r)
			}
			if len(r.Aside) > 0 || len(r.NoFilters) > 0 {
				t.Errorf("%s at step %d (%s): %s", mode, stop, where, r)
			}
			l.Close()
		}
	}
}

func TestFullDisk(t *testing.T) {
	l, _ := open(t, Options{Dir: t.TempDir()})
	store(t, l, "p", 1, 1, full(event.ClassAudit))
	before := l.Stats()
	l.disk.fault = func(step, _ string) error {
		if step == "write" {
			return syscall.ENOSPC
		}
		return nil
	}
	a := l.Begin("p", 2, 2)
	for range 2000 {
		if err := a.Add(full(event.ClassAudit)); err != nil {
			break // Commit says why
		}
	}
	err := a.Commit(context.Background())
	if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "free some room") {
		t.Errorf("a full disk: %v", err)
	}
	if s := l.Stats(); s.Rows != before.Rows || s.Segments != before.Segments || l.Mark("p") != 1 {
		t.Errorf("something was registered: %+v", s)
	}
	l.disk.fault = nil
	store(t, l, "p", 2, 2, full(event.ClassAudit))
	if s := l.Stats(); s.Rows != 2 {
		t.Errorf("after there was room: %+v", s)
	}
}
