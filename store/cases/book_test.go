package cases_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/store/cases"
	"github.com/lynceus-io/lynceus/store/state"
)

var day = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

func newStore(t *testing.T) *state.Store {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return state.New(b.JetStream(), state.Options{})
}

func open(t *testing.T, s *state.Store) *cases.Book {
	t.Helper()
	b, err := cases.Open(t.Context(), s, cases.Options{Now: func() time.Time { return day }, Damaged: func(err error) { t.Log(err) }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBook(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	b := open(t, s)
	first, err := b.Get(ctx, "i1")
	if err != nil || first.Status != cases.StatusOpen || first.Revision != 0 || first.Detail() != "" {
		t.Fatalf("of nothing: %+v, %v", first, err)
	}
	if _, ok := b.Known("i1"); ok || b.Since(0) != nil {
		t.Error("nothing was decided, and something is known")
	}
	one, err := b.Change(ctx, "i1", cases.Edit{Status: new(cases.StatusInvestigating), Assignee: new(" ann "), Requests: 3}, 0, "bob")
	if err != nil || one.Status != cases.StatusInvestigating || one.Assignee != "ann" || one.Requests != 3 || !one.Changed.Equal(day) || one.By != "bob" {
		t.Fatalf("%+v, %v", one, err)
	}
	if _, err := b.Change(ctx, "i1", cases.Edit{Assignee: new("eve")}, 0, "eve"); !errors.Is(err, state.ErrConflict) {
		t.Errorf("a change of what was changed: %v", err)
	}
	two, err := b.Change(ctx, "i1", cases.Edit{
		Status: new(cases.StatusClosed), Resolution: new(cases.FalsePositive), Requests: 5, Comment: "the health check",
	}, one.Revision, "ann")
	if err != nil || two.Assignee != "ann" || two.Requests != 5 || two.Detail() != "closed as false positive by ann" {
		t.Fatalf("%+v, %v", two, err)
	}
	if _, err := b.Comment(ctx, "i1", "it came again\nand again", "cid"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Comment(ctx, "i10", "of another", "cid"); err != nil {
		t.Fatal(err)
	}
	notes, err := b.Comments(ctx, "i1")
	if err != nil || len(notes) != 2 || notes[0].By != "ann" || notes[0].Text != "the health check" || notes[1].By != "cid" || notes[0].ID == notes[1].ID {
		t.Errorf("comments %+v, %v", notes, err)
	}

	again := open(t, s) // as after a restart
	if c, ok := again.Known("i1"); !ok || c != two {
		t.Errorf("after a restart: %+v", c)
	}
	if list := again.Since(one.Revision); len(list) != 1 || list[0] != two || again.Since(two.Revision) != nil {
		t.Errorf("since: %+v", list)
	}
	three, err := b.Change(ctx, "i1", cases.Edit{Status: new(cases.StatusOpen)}, two.Revision, "eve")
	if err != nil || three.Resolution != "" || three.Detail() != "open, says eve" {
		t.Errorf("opened again: %+v, %v", three, err)
	}
	h, err := b.History(ctx, "i1")
	if err != nil || len(h) != 3 || h[0].Before != nil || h[0].By != "bob" || *h[1].Before != one.Case || *h[1].After != two.Case || *h[2].After != three.Case {
		t.Errorf("history %+v, %v", h, err)
	}
	if h, err := b.History(ctx, "none"); err != nil || h != nil {
		t.Errorf("history of nothing: %+v, %v", h, err)
	}
}

func TestInvalidChanges(t *testing.T) {
	b, ctx := open(t, newStore(t)), t.Context()
	f := func(e cases.Edit, by, want string) {
		t.Helper()
		if _, err := b.Change(ctx, "i1", e, 0, by); !errors.Is(err, cases.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", e, err, want)
		}
	}
	f(cases.Edit{}, "ann", "what to change")
	f(cases.Edit{Assignee: new("x")}, "", "who changes")
	f(cases.Edit{Status: new(cases.Status("done"))}, "ann", "none of open")
	f(cases.Edit{Status: new(cases.StatusClosed)}, "ann", "closed as something")
	f(cases.Edit{Status: new(cases.StatusClosed), Resolution: new(cases.Resolution("whatever"))}, "ann", "none of true_positive")
	f(cases.Edit{Status: new(cases.StatusOpen), Resolution: new(cases.Expected)}, "ann", "only a closed")
	f(cases.Edit{Assignee: new(strings.Repeat("x", 300))}, "ann", "longer than")
	f(cases.Edit{Assignee: new("a\nb")}, "ann", "no text")
	f(cases.Edit{Assignee: new("a"), Comment: "\x1b[2J"}, "ann", "no text")
	for _, text := range []string{"", "  ", "\xff", strings.Repeat("x", 9000)} {
		if _, err := b.Comment(ctx, "i1", text, "ann"); !errors.Is(err, cases.ErrInvalid) {
			t.Errorf("comment %.10q: %v", text, err)
		}
	}
	if _, err := b.Comment(ctx, "i1", "x", ""); !errors.Is(err, cases.ErrInvalid) {
		t.Errorf("a comment by nobody: %v", err)
	}
	if _, ok := b.Known("i1"); ok {
		t.Error("what was refused is known")
	}
}

// What cannot be read is taken for open, and stops nothing else.
func TestDamagedCase(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	good, err := open(t, s).Change(ctx, "good", cases.Edit{Assignee: new("ann")}, 0, "ann")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := s.Bucket(ctx, state.BucketOptions{Name: "cases", History: state.MaxHistory, MaxBytes: 32 << 20, KeepDeleted: true})
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{"bad": "{", "other": `{"incident":"bad","status":"open"}`, "newer": `{"incident":"newer","status":"frozen"}`} {
		if _, err := raw.Put(ctx, key, []byte(value), state.Absent, "?"); err != nil {
			t.Fatal(err)
		}
	}
	b := open(t, s)
	for _, id := range []string{"bad", "other", "newer"} {
		if c, ok := b.Known(id); !ok || c.Status != cases.StatusOpen || c.By != "" {
			t.Errorf("%s: %+v", id, c)
		}
	}
	if c, _ := b.Known("good"); c != good {
		t.Errorf("good: %+v", c)
	}
}
