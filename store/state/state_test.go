package state_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/store/state"
)

// newStore opens a store over a bus in dir, and returns how to close it early.
func newStore(t testing.TB, dir string) (*state.Store, func()) {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Options{Dir: dir, Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	closeBus := func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(closeBus)
	return state.New(b.JetStream(), state.Options{}), closeBus
}

func bucket(t testing.TB, s *state.Store, o state.BucketOptions) *state.Bucket {
	t.Helper()
	b, err := s.Bucket(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// is fails the test unless err is want, which may be nil.
func is(t testing.TB, what string, err, want error) {
	t.Helper()
	if (want == nil) != (err == nil) || want != nil && !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestCompareAndSet(t *testing.T) {
	for _, keep := range []bool{false, true} {
		dir := t.TempDir()
		s, _ := newStore(t, dir)
		b, ctx := bucket(t, s, state.BucketOptions{Name: "things", History: 5, KeepDeleted: keep}), t.Context()
		_, err := b.Get(ctx, "a")
		is(t, "Get of nothing", err, state.ErrNotFound)
		r1, err := b.Put(ctx, "a", []byte("1"), state.Absent, "ann")
		is(t, "Put", err, nil)
		_, err = b.Put(ctx, "a", []byte("x"), state.Absent, "bob")
		is(t, "Put of what is there as absent", err, state.ErrConflict)
		r2, err := b.Put(ctx, "a", []byte("2"), r1, "bob")
		is(t, "Put on the right revision", err, nil)
		_, err = b.Put(ctx, "a", []byte("x"), r1, "eve")
		is(t, "Put on an old revision", err, state.ErrConflict)
		r3, err := b.Put(ctx, "a", []byte(""), state.Any, "cid")
		is(t, "Put on any revision", err, nil)
		e, err := b.Get(ctx, "a")
		is(t, "Get", err, nil)
		if e.Key != "a" || len(e.Value) != 0 || e.Revision != r3 || e.By != "cid" || e.Deleted || time.Since(e.Time) > time.Minute || r2 <= r1 || r3 <= r2 {
			t.Errorf("the entry is %+v after revisions %d, %d, %d", e, r1, r2, r3)
		}
		is(t, "Delete on an old revision", b.Delete(ctx, "a", r2, "dan"), state.ErrConflict)
		is(t, "Delete", b.Delete(ctx, "a", r3, "dan"), nil)
		is(t, "Delete again", b.Delete(ctx, "a", state.Any, "dan"), state.ErrNotFound)
		_, err = b.Get(ctx, "a")
		is(t, "Get of what was deleted", err, state.ErrNotFound)
		_, err = b.Put(ctx, "a", []byte("4"), state.Absent, "ann")
		is(t, "Put of what was deleted as absent", err, nil)

		h, err := b.History(ctx, "a")
		is(t, "History", err, nil)
		var got []string
		for _, e := range h {
			word := e.By + "=" + string(e.Value)
			if e.Deleted {
				word = e.By + " deleted"
			}
			got = append(got, word)
		}
		want := []string{"ann=1", "bob=2", "cid=", "dan deleted", "ann=4"}
		if keep && !slices.Equal(got, want) {
			t.Errorf("the history is %q, want %q", got, want)
		}
		_, err = b.History(ctx, "never")
		is(t, "History of nothing", err, state.ErrNotFound)
	}
}

func TestOneOfManyWins(t *testing.T) {
	s, _ := newStore(t, t.TempDir())
	b := bucket(t, s, state.BucketOptions{Name: "things"})
	var wins, conflicts int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := b.Put(context.Background(), "k", []byte("v"), state.Absent, "somebody")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				wins++
			case errors.Is(err, state.ErrConflict):
				conflicts++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if wins != 1 || conflicts != 7 {
		t.Errorf("%d writers won, %d were told of a conflict", wins, conflicts)
	}
}

func TestListBelow(t *testing.T) {
	s, _ := newStore(t, t.TempDir())
	b, ctx := bucket(t, s, state.BucketOptions{Name: "things", KeepDeleted: true}), t.Context()
	for _, k := range []string{"a.1", "a.2", "ab.1", "b", "a.gone"} {
		if _, err := b.Put(ctx, k, nil, state.Absent, ""); err != nil {
			t.Fatal(err)
		}
	}
	is(t, "Delete", b.Delete(ctx, "a.gone", state.Any, ""), nil)
	f := func(prefix string, want ...string) {
		t.Helper()
		es, err := b.List(ctx, prefix)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range es {
			got = append(got, e.Key)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("below %q: %q, want %q", prefix, got, want)
		}
	}
	f("", "a.1", "a.2", "ab.1", "b")
	f("a", "a.1", "a.2")
	f("b")
}

func TestWatch(t *testing.T) {
	s, _ := newStore(t, t.TempDir())
	b, ctx := bucket(t, s, state.BucketOptions{Name: "things", KeepDeleted: true}), t.Context()
	put := func(k string) {
		if _, err := b.Put(ctx, k, nil, state.Any, "ann"); err != nil {
			t.Fatal(err)
		}
	}
	put("a")
	put("gone")
	is(t, "Delete", b.Delete(ctx, "gone", state.Any, "ann"), nil)
	seen := make(chan string, 10)
	done := make(chan error)
	watch, stop := context.WithCancel(ctx)
	go func() {
		done <- b.Watch(watch, "", func(e state.Entry) error {
			word := e.Key
			if e.Deleted {
				word = "no " + word
			}
			seen <- word
			return nil
		})
	}()
	next := func(want string) {
		t.Helper()
		select {
		case got := <-seen:
			if got != want {
				t.Errorf("the watch says %q, want %q", got, want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("the watch says nothing, want %q", want)
		}
	}
	next("a")
	next("no gone")
	put("b")
	next("b")
	is(t, "Delete", b.Delete(ctx, "a", state.Any, "ann"), nil)
	next("no a")
	stop()
	is(t, "Watch", <-done, nil)

	failure := errors.New("enough")
	is(t, "Watch", b.Watch(ctx, "", func(state.Entry) error { return failure }), failure)
}

func TestLimits(t *testing.T) {
	s, _ := newStore(t, t.TempDir())
	b, ctx := bucket(t, s, state.BucketOptions{Name: "things", History: 3, MaxBytes: 1 << 20}), t.Context()
	_, err := b.Put(ctx, "big", make([]byte, state.MaxValue+1), state.Any, "")
	is(t, "a value above the limit", err, state.ErrTooLarge)
	for _, key := range []string{"", ".", "a.", ".a", "a..b", "a b", "a*", ">", strings.Repeat("k", 600)} {
		_, err := b.Put(ctx, key, nil, state.Any, "")
		is(t, key, err, state.ErrKey)
	}
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		if _, err = b.Put(ctx, key, make([]byte, state.MaxValue), state.Any, ""); err != nil {
			break
		}
	}
	is(t, "a full bucket", err, state.ErrFull)
	for _, name := range []string{"", "a b", "a.b", ">"} {
		if _, err := s.Bucket(ctx, state.BucketOptions{Name: name}); err == nil {
			t.Errorf("a bucket is called %q", name)
		}
	}
}

func TestStateSurvives(t *testing.T) {
	dir := t.TempDir()
	s, closeBus := newStore(t, dir)
	b := bucket(t, s, state.BucketOptions{Name: "things"})
	r, err := b.Put(t.Context(), "a", []byte("1"), state.Absent, "ann")
	is(t, "Put", err, nil)
	closeBus()
	s, _ = newStore(t, dir)
	e, err := bucket(t, s, state.BucketOptions{Name: "things", MaxBytes: 2 << 20}).Get(t.Context(), "a")
	is(t, "Get", err, nil)
	if string(e.Value) != "1" || e.Revision != r {
		t.Errorf("after a restart: %+v", e)
	}
}
