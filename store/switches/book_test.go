package switches_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/store/state"
	"github.com/lynceus-io/lynceus/store/switches"
)

// clock is a time that a test moves, a little behind the server's own.
type clock struct{ now time.Time }

func newStore(t *testing.T) *state.Store {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return state.New(b.JetStream(), state.Options{})
}

func open(t *testing.T, s *state.Store, c *clock) *switches.Book {
	t.Helper()
	b, err := switches.Open(t.Context(), s, switches.Options{Now: func() time.Time { return c.now }, Damaged: func(err error) { t.Log(err) }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBook(t *testing.T) {
	start := time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	s, c, ctx := newStore(t), &clock{start}, t.Context()
	b := open(t, s, c)
	off := func(b *switches.Book, rule, cluster string, want bool) {
		t.Helper()
		if got := b.Off(rule, cluster, c.now); got != want {
			t.Errorf("%s in %q is off: %v, want %v", rule, cluster, got, want)
		}
	}
	off(b, "exec", "c1", false)
	if _, err := b.SwitchOn(ctx, "exec", "", "ann"); !errors.Is(err, switches.ErrOn) {
		t.Errorf("on what is on: %v", err)
	}
	one, err := b.SwitchOff(ctx, switches.Switch{Rule: "exec", Cluster: "c1", Reason: "a drill", Until: start.Add(30 * time.Minute)}, "ann")
	if err != nil || one.Author != "ann" || !one.Since.Equal(start) {
		t.Fatalf("%+v, %v", one, err)
	}
	off(b, "exec", "c1", true)
	off(b, "exec", "c2", false)
	off(b, "shell", "c1", false)
	off(open(t, s, c), "exec", "c1", true) // as after a restart

	c.now = start.Add(30 * time.Minute)
	off(b, "exec", "c1", false)
	if !b.Off("exec", "c1", start.Add(time.Minute)) {
		t.Error("what happened while it was off makes a finding later")
	}
	if list := b.List(); len(list) != 0 {
		t.Errorf("listed: %+v", list)
	}
	if _, err := b.SwitchOff(ctx, switches.Switch{Rule: "exec", Reason: "noise"}, "bob"); err != nil {
		t.Fatal(err)
	}
	off(b, "exec", "c2", true)
	c.now = c.now.Add(time.Minute)
	longer, err := b.SwitchOff(ctx, switches.Switch{Rule: "exec", Reason: "noise still"}, "cid")
	if err != nil || !longer.Since.Equal(start.Add(30*time.Minute)) || len(b.List()) != 1 {
		t.Errorf("again: %+v, %v; %+v", longer, err, b.List())
	}
	if _, err := b.SwitchOn(ctx, "exec", "", "eve"); err != nil {
		t.Fatal(err)
	}
	off(b, "exec", "c2", false)
	h, err := b.History(ctx, "exec", "")
	if err != nil || len(h) != 3 || !h[0].Off || h[0].By != "bob" || h[1].Switch.Reason != "noise still" || h[2].Off || h[2].By != "eve" {
		t.Errorf("history %+v, %v", h, err)
	}
	if h, err := b.History(ctx, "never", ""); err != nil || h != nil {
		t.Errorf("history of nothing: %+v, %v", h, err)
	}
}

func TestInvalidSwitches(t *testing.T) {
	c := &clock{time.Now()}
	b := open(t, newStore(t), c)
	f := func(s switches.Switch, by, want string) {
		t.Helper()
		if _, err := b.SwitchOff(t.Context(), s, by); !errors.Is(err, switches.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", s, err, want)
		}
	}
	f(switches.Switch{Reason: "x"}, "ann", "name the rule")
	f(switches.Switch{Rule: "x"}, "ann", "give the reason")
	f(switches.Switch{Rule: "x", Reason: "y"}, "", "who")
	f(switches.Switch{Rule: "x", Reason: "\x1b[2J"}, "ann", "no text")
	f(switches.Switch{Rule: "x", Reason: "y", Until: c.now.Add(-time.Hour)}, "ann", "has passed")
	f(switches.Switch{Rule: "x", Reason: "y", Until: c.now.AddDate(2, 0, 0)}, "ann", "at most 366 days")
	if _, err := b.SwitchOn(t.Context(), "x", "", ""); !errors.Is(err, switches.ErrInvalid) {
		t.Errorf("on by nobody: %v", err)
	}
}

// A switch that cannot be read leaves its rule on, and can be replaced.
func TestDamagedSwitch(t *testing.T) {
	s, c, ctx := newStore(t), &clock{time.Now()}, t.Context()
	open(t, s, c)
	raw, err := s.Bucket(ctx, state.BucketOptions{Name: "switches", History: state.MaxHistory, MaxBytes: 16 << 20, KeepDeleted: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Put(ctx, state.Key("exec", ""), []byte("{"), state.Absent, "?"); err != nil {
		t.Fatal(err)
	}
	b := open(t, s, c)
	if b.Off("exec", "", c.now) {
		t.Error("it is off")
	}
	if _, err := b.SwitchOff(ctx, switches.Switch{Rule: "exec", Reason: "x"}, "ann"); err != nil || !b.Off("exec", "c", c.now) {
		t.Errorf("it cannot be switched: %v", err)
	}
}
