package exclusions_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/exclusions"
	"github.com/lynceus-io/lynceus/store/state"
)

var day = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

// clock is a time that a test moves.
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

func open(t *testing.T, s *state.Store, c *clock) *exclusions.Book {
	t.Helper()
	b, err := exclusions.Open(t.Context(), s, exclusions.Options{Now: func() time.Time { return c.now }, Damaged: func(err error) { t.Log(err) }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func finding(user string) *detect.Finding {
	return &detect.Finding{ID: "f", Rule: &rule.Rule{ID: "exec"}, Count: 1, Actor: detect.Actor{User: user}}
}

func annsExec() exclude.Exclusion {
	return exclude.Exclusion{Rules: []string{"exec"}, Scope: exclude.Scope{User: "ann"}, Reason: "she is on call"}
}

// covered checks whether a finding of a user is covered.
func covered(t *testing.T, b *exclusions.Book, user, want string) {
	t.Helper()
	if id, _ := b.Match(finding(user)); id != want {
		t.Errorf("a finding of %s is covered by %q, want %q", user, id, want)
	}
}

func TestBook(t *testing.T) {
	s, c, ctx := newStore(t), &clock{day}, t.Context()
	b := open(t, s, c)
	covered(t, b, "ann", "")
	x, err := b.Add(ctx, annsExec(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	if x.ID == "" || x.Author != "bob" || !x.Created.Equal(day) || !x.Expires.Equal(day.Add(exclude.DefaultLife)) {
		t.Errorf("made %+v", x)
	}
	covered(t, b, "ann", x.ID)
	covered(t, b, "eve", "")
	if got, err := b.Get(ctx, x.ID); err != nil || got.Revision != x.Revision || got.Reason != x.Reason {
		t.Errorf("Get: %+v, %v", got, err)
	}

	again := open(t, s, c) // as after a restart
	covered(t, again, "ann", x.ID)

	wider := x.Exclusion
	wider.Scope.User, wider.Author = "eve", "mallory"
	y, err := b.Change(ctx, wider, x.Revision, "cid")
	if err != nil {
		t.Fatal(err)
	}
	if y.Author != "bob" {
		t.Errorf("a change made %s the author", y.Author)
	}
	covered(t, b, "ann", "")
	covered(t, b, "eve", x.ID)
	if _, err := b.Change(ctx, wider, x.Revision, "dan"); !errors.Is(err, state.ErrConflict) {
		t.Errorf("a change of what was changed: %v", err)
	}

	c.now = x.Expires
	covered(t, b, "eve", "")
	if len(b.List()) != 1 {
		t.Errorf("an exclusion that ended is not listed: %v", b.List())
	}
	c.now = day
	if err := b.Remove(ctx, x.ID, "eve"); err != nil {
		t.Fatal(err)
	}
	covered(t, b, "eve", "")
	if len(b.List()) != 0 {
		t.Errorf("after its removal: %v", b.List())
	}
	h, err := b.History(ctx, x.ID)
	if err != nil || len(h) != 3 {
		t.Fatalf("history %+v, %v", h, err)
	}
	if h[0].By != "bob" || h[0].Before != nil || h[0].After.Scope.User != "ann" ||
		h[1].By != "cid" || h[1].Before.Scope.User != "ann" || h[1].After.Scope.User != "eve" ||
		h[2].By != "eve" || h[2].Before.Scope.User != "eve" || h[2].After != nil || time.Since(h[2].Time) > time.Minute {
		t.Errorf("history %+v", h)
	}
}

func TestBookErrors(t *testing.T) {
	s, c, ctx := newStore(t), &clock{day}, t.Context()
	b := open(t, s, c)
	for _, id := range []string{"x-never", "", "a b", ">"} {
		if _, err := b.Get(ctx, id); !errors.Is(err, exclusions.ErrNotFound) {
			t.Errorf("Get %q: %v", id, err)
		}
		if err := b.Remove(ctx, id, "ann"); !errors.Is(err, exclusions.ErrNotFound) {
			t.Errorf("Remove %q: %v", id, err)
		}
		if _, err := b.History(ctx, id); !errors.Is(err, exclusions.ErrNotFound) {
			t.Errorf("History %q: %v", id, err)
		}
	}
	if _, err := b.Add(ctx, exclude.Exclusion{}, ""); !errors.Is(err, exclude.ErrInvalid) {
		t.Errorf("Add of nothing: %v", err)
	}
	x, err := b.Add(ctx, annsExec(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Remove(ctx, x.ID, ""); !errors.Is(err, exclude.ErrInvalid) {
		t.Errorf("Remove by nobody: %v", err)
	}
	covered(t, b, "ann", x.ID)
}

// Two processes see each other's changes.
func TestFollow(t *testing.T) {
	s, c, ctx := newStore(t), &clock{day}, t.Context()
	here, there := open(t, s, c), open(t, s, c)
	follow, stop := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- there.Follow(follow) }()
	eventually := func(user, want string) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			id, _ := there.Match(finding(user))
			if id == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("the other process covers by %q, want %q", id, want)
			}
		}
	}
	x, err := here.Add(ctx, annsExec(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	eventually("ann", x.ID)
	if err := here.Remove(ctx, x.ID, "bob"); err != nil {
		t.Fatal(err)
	}
	eventually("ann", "")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// What cannot be read covers nothing, and stops nothing else.
func TestDamagedExclusion(t *testing.T) {
	s, c, ctx := newStore(t), &clock{day}, t.Context()
	x, err := open(t, s, c).Add(ctx, annsExec(), "bob")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := s.Bucket(ctx, state.BucketOptions{Name: "exclusions", History: state.MaxHistory, KeepDeleted: true})
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"x-bad": "{", "x-other": `{"id":"x-bad","rules":["exec"],"expires":"2999-01-01T00:00:00Z"}`,
		"x-newer": `{"id":"x-newer","rules":["exec"],"scope":{"phase":"new moon"},"expires":"2999-01-01T00:00:00Z"}`,
	} {
		if _, err := raw.Put(ctx, key, []byte(value), state.Absent, "?"); err != nil {
			t.Fatal(err)
		}
	}
	b := open(t, s, c)
	covered(t, b, "ann", x.ID)
	covered(t, b, "eve", "")
	if n := len(b.List()); n != 1 {
		t.Errorf("%d exclusions are listed", n)
	}
}
