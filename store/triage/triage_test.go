package triage_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/store/cases"
	"github.com/lynceus-io/lynceus/store/state"
	"github.com/lynceus-io/lynceus/store/triage"
)

func newStore(t *testing.T) *state.Store {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return state.New(b.JetStream(), state.Options{})
}

func open(t *testing.T, s *state.Store) *triage.Book {
	t.Helper()
	now := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	b, err := triage.Open(t.Context(), s, triage.Options{
		Now:     func() time.Time { now = now.Add(time.Second); return now },
		Damaged: func(err error) { t.Log(err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ids returns n ids of findings from a number on.
func ids(from, n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("%032x", from+i))
	}
	return out
}

func everything([]string) bool { return true }

func TestSteps(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	b := open(t, s)
	standing := func(b *triage.Book, id int) string {
		of, _ := b.Standings()
		got := of(ids(id, 1)[0])
		return strings.Join([]string{string(got.Status), string(got.Resolution), got.Assignee}, " ")
	}
	const many = 20_000 // several parts
	first, err := b.Make(ctx, ids(0, many), triage.Edit{Status: new(cases.StatusClosed), Resolution: cases.Expected, Comment: "the backup"}, "ann")
	if err != nil || first.Findings != many || first.By != "ann" {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := b.Make(ctx, append(ids(5, 2), ids(5, 1)...), triage.Edit{Assignee: new(" bob ")}, "bob")
	if err != nil || second.Findings != 2 {
		t.Fatalf("%+v, %v", second, err)
	}
	third, err := b.Make(ctx, ids(6, 1), triage.Edit{Status: new(cases.StatusInvestigating)}, "bob")
	if err != nil {
		t.Fatal(err)
	}
	for _, book := range []*triage.Book{b, open(t, s)} { // the second as after a restart
		for id, want := range map[int]string{0: "closed expected ", many - 1: "closed expected ", many: "  ", 5: "closed expected bob", 6: "investigating  bob"} {
			if got := standing(book, id); got != want {
				t.Errorf("%d: %q, want %q", id, got, want)
			}
		}
		if n := len(book.Of(ids(6, 1)[0])); n != 3 {
			t.Errorf("%d steps of 6", n)
		}
		if steps := book.Steps(2, everything); len(steps) != 2 || steps[0].ID != third.ID || steps[1].Words() != "assigned to bob" {
			t.Errorf("%+v", steps)
		}
	}
	revision := b.Revision()
	undone, err := b.Undo(ctx, first.ID, "cid", everything)
	if err != nil || undone.UndoneBy != "cid" || b.Revision() == revision {
		t.Fatalf("%+v, %v", undone, err)
	}
	for id, want := range map[int]string{0: "  ", many - 1: "  ", 5: "  bob", 6: "investigating  bob"} {
		if got := standing(b, id); got != want {
			t.Errorf("undone: %d: %q, want %q", id, got, want)
		}
	}
	if _, err := b.Undo(ctx, first.ID, "cid", everything); !errors.Is(err, triage.ErrUndone) {
		t.Errorf("again: %v", err)
	}
	if _, err := b.Undo(ctx, second.ID, "cid", func([]string) bool { return false }); !errors.Is(err, triage.ErrNotFound) {
		t.Errorf("what is not seen: %v", err)
	}
	if _, err := b.Undo(ctx, "none", "cid", everything); !errors.Is(err, triage.ErrNotFound) {
		t.Errorf("nothing: %v", err)
	}
}

func TestRefused(t *testing.T) {
	b, ctx := open(t, newStore(t)), t.Context()
	closed := new(cases.StatusClosed)
	for name, tt := range map[string]struct {
		ids  []string
		edit triage.Edit
		by   string
		want string
	}{
		"nothing to say": {ids(1, 1), triage.Edit{}, "ann", "say what to change"},
		"no resolution":  {ids(1, 1), triage.Edit{Status: closed}, "ann", "closed as something"},
		"open with one":  {ids(1, 1), triage.Edit{Status: new(cases.StatusOpen), Resolution: cases.Expected}, "ann", "only closed"},
		"bad status":     {ids(1, 1), triage.Edit{Status: new(cases.Status("gone"))}, "ann", "none of open"},
		"steering text":  {ids(1, 1), triage.Edit{Comment: "\x1b[2J"}, "ann", "no text"},
		"long name":      {ids(1, 1), triage.Edit{Assignee: new(strings.Repeat("x", 300))}, "ann", "longer"},
		"nobody":         {ids(1, 1), triage.Edit{Comment: "x"}, "", "who decides"},
		"no finding":     {nil, triage.Edit{Comment: "x"}, "ann", "no finding"},
		"no id":          {[]string{"x"}, triage.Edit{Comment: "x"}, "ann", "no id"},
		"too many":       {ids(0, triage.MaxFindings+1), triage.Edit{Comment: "x"}, "ann", "at most"},
	} {
		if _, err := b.Make(ctx, tt.ids, tt.edit, tt.by); !errors.Is(err, triage.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if len(b.Steps(10, everything)) != 0 {
		t.Error("something was kept")
	}
}

// What cannot be read does not count, and hides nothing else.
func TestDamaged(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	b := open(t, s)
	if _, err := b.Make(ctx, ids(1, 1), triage.Edit{Comment: "x"}, "ann"); err != nil {
		t.Fatal(err)
	}
	raw, err := s.Bucket(ctx, state.BucketOptions{Name: "triage", MaxBytes: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		state.Key("a", "0"): "{", state.Key("b", "0"): `{"step":{"id":"c"},"ids":""}`, state.Key("d", "0"): `{"step":{"id":"d"},"ids":"AAAA"}`, state.Key("e", "1"): `{"ids":""}`, "odd": `{}`,
	} {
		if _, err := raw.Put(ctx, key, []byte(value), state.Absent, "eve"); err != nil {
			t.Fatal(err)
		}
	}
	if steps := open(t, s).Steps(10, everything); len(steps) != 1 {
		t.Errorf("%+v", steps)
	}
}
