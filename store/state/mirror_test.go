package state_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

// words is a mirror of strings; what is no JSON string reads as "?", what was deleted as "".
func words(t *testing.T, s *state.Store, damaged func(error), changed func(iter.Seq[string])) *state.Mirror[string] {
	t.Helper()
	m, err := state.OpenMirror(t.Context(), s, state.MirrorOptions[string]{
		Bucket: state.BucketOptions{Name: "words", History: 8, KeepDeleted: true},
		Read: func(e state.Entry) (word string, err error) {
			if e.Deleted {
				return "", nil
			}
			if err := json.Unmarshal(e.Value, &word); err != nil {
				return "?", fmt.Errorf("word %s: %w", e.Key, err)
			}
			return word, nil
		},
		Damaged: damaged,
		Changed: changed,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A deletion between the opening of a mirror and its following is not missed.
func TestMirrorFollowsLate(t *testing.T) {
	s, _ := newStore(t, t.TempDir())
	a, b := words(t, s, nil, nil), words(t, s, nil, nil)
	for _, m := range []*state.Mirror[string]{a, b} {
		if _, err := m.Put(t.Context(), "k", "one", state.Any, "mira"); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Delete(t.Context(), "k", state.Any, "mira"); err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	followed := make(chan error)
	go func() { followed <- a.Follow(ctx) }()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if v, _ := a.Known("k"); v == "" {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the deletion does not arrive")
		}
	}
	end()
	if err := <-followed; err != nil {
		t.Error(err)
	}
}

// TestMirror changes a bucket through one mirror and looks at it through another.
func TestMirror(t *testing.T) {
	s, _ := newStore(t, t.TempDir())
	under := bucket(t, s, state.BucketOptions{Name: "words", History: 8, KeepDeleted: true})
	if _, err := under.Put(t.Context(), "bad", []byte("{"), state.Absent, "mira"); err != nil {
		t.Fatal(err)
	}
	var damage []error
	var told []string
	a := words(t, s, func(err error) { damage = append(damage, err) }, func(all iter.Seq[string]) { told = slices.Sorted(all) })
	if len(damage) != 1 || !slices.Equal(told, []string{"?"}) {
		t.Errorf("opened: damage %v, told %q", damage, told)
	}
	if v, revision, err := a.Get(t.Context(), "bad"); v != "?" || revision == 0 || err == nil {
		t.Errorf("what cannot be read: %q, revision %d, %v", v, revision, err)
	}
	b := words(t, s, nil, nil)
	ctx, end := context.WithCancel(t.Context())
	followed := make(chan error)
	go func() { followed <- b.Follow(ctx) }()

	first, err := a.Put(t.Context(), "k", "one", state.Absent, "mira")
	is(t, "the first", err, nil)
	_, err = b.Put(t.Context(), "k", "two", state.Absent, "noor")
	is(t, "a second first", err, state.ErrConflict)
	second, err := b.Put(t.Context(), "k", "two", first, "noor")
	is(t, "the second", err, nil)
	if second <= first || b.Revision() != second {
		t.Errorf("revisions %d, %d; the mirror is at %d", first, second, b.Revision())
	}
	if v, _ := a.Known("k"); v != "one" {
		t.Errorf("known without following: %q", v)
	}
	if v, revision, err := a.Get(t.Context(), "k"); v != "two" || revision != second || err != nil {
		t.Errorf("read again: %q, revision %d, %v", v, revision, err)
	}
	if v, _ := a.Known("k"); v != "two" || !slices.Equal(told, []string{"?", "two"}) {
		t.Errorf("after reading: known %q, told %q", v, told)
	}
	is(t, "delete", a.Delete(t.Context(), "k", second, "mira"), nil)
	if v, ok := a.Known("k"); v != "" || !ok {
		t.Errorf("deleted: %q, %t", v, ok)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if v, _ := b.Known("k"); v == "" {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the deletion does not arrive")
		}
	}
	_, _, err = b.Get(t.Context(), "k")
	is(t, "get what was deleted", err, state.ErrNotFound)
	if h, err := b.History(t.Context(), "k"); err != nil || len(h) != 3 || h[0].By != "mira" || !h[2].Deleted {
		t.Errorf("history %v, %v", h, err)
	}
	end()
	if err := <-followed; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
