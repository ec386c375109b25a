package nodesets_test

import (
	"crypto/rand"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/store/nodesets"
	"github.com/lynceus-io/lynceus/store/state"
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

func open(t *testing.T, s *state.Store) *nodesets.Book {
	t.Helper()
	b, err := nodesets.Open(t.Context(), s, nodesets.Options{Damaged: func(err error) { t.Log(err) }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBook(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	b := open(t, s)
	if _, ok := b.For("prod"); ok || len(b.List()) != 0 {
		t.Error("something is said from the start")
	}
	if _, err := b.Remove(ctx, "", "ann"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("nothing was taken back: %v", err)
	}
	rules := peer.Files{"a.yaml": "title: x"}
	all, err := b.Put(ctx, nodesets.Set{Rules: rules, Builtin: true, Reason: "begin"}, 0, "ann")
	if err != nil || all.Author != "ann" || time.Since(all.Since) > time.Hour {
		t.Fatalf("%+v, %v", all, err)
	}
	for range 2 {
		if _, err := b.Put(ctx, nodesets.Set{Rules: rules}, 0, "bob"); !errors.Is(err, state.ErrConflict) {
			t.Errorf("over what is not known: %v", err)
		}
	}
	own, err := b.Put(ctx, nodesets.Set{Cluster: "prod", Policies: peer.Files{}}, 0, "bob")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*nodesets.Book{b, open(t, s)} {
		for cluster, want := range map[string]nodesets.Stored{"prod": own, "dev": all} {
			if got, ok := b.For(cluster); !ok || !reflect.DeepEqual(got, want) {
				t.Errorf("for %s: %+v, want %+v", cluster, got, want)
			}
		}
		if list := b.List(); len(list) != 2 || list[0].Cluster != "" || list[1].Policies == nil || list[1].Rules != nil {
			t.Errorf("%+v", list)
		}
	}
	if _, err := b.Remove(ctx, "prod", "cid"); err != nil {
		t.Fatal(err)
	}
	if got, ok := b.For("prod"); !ok || got.Cluster != "" {
		t.Errorf("what is for all is not for prod: %+v", got)
	}
	if _, err := b.Put(ctx, nodesets.Set{Cluster: "prod", Rules: rules}, 0, "ann"); err != nil {
		t.Errorf("again: %v", err)
	}
	h, err := b.History(ctx, "prod")
	if err != nil || len(h) != 3 || h[0].Author != "bob" || !h[1].Removed || h[1].Author != "cid" || h[2].Removed {
		t.Errorf("%+v, %v", h, err)
	}
	if h, err := b.History(ctx, "never"); h != nil || err != nil {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestInvalidSets(t *testing.T) {
	b := open(t, newStore(t))
	random := make([]byte, 600<<10)
	_, _ = rand.Read(random)
	for i := range random {
		random[i] = 'a' + random[i]&15
	}
	for _, tt := range []struct {
		set  nodesets.Set
		by   string
		want string
	}{
		{nodesets.Set{}, "ann", "says nothing"},
		{nodesets.Set{Rules: peer.Files{"": "x"}}, "ann", "no name"},
		{nodesets.Set{Rules: peer.Files{"a": "\xff"}}, "ann", "no text"},
		{nodesets.Set{Rules: peer.Files{"a": string(random)}}, "ann", "compressed"},
		{nodesets.Set{Policies: peer.Files{"a": strings.Repeat("a", 5<<20)}}, "ann", "at most"},
		{nodesets.Set{Policies: peer.Files{}, Builtin: true}, "ann", "built-in"},
		{nodesets.Set{Policies: peer.Files{}}, "", "who"},
		{nodesets.Set{Policies: peer.Files{}, Reason: "\x1b[2J"}, "ann", "no text"},
	} {
		if _, err := b.Put(t.Context(), tt.set, 0, tt.by); !errors.Is(err, nodesets.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.100v: %v, want %s", tt.set, err, tt.want)
		}
	}
}

// A set that cannot be read says nothing, and can be replaced.
func TestDamagedSet(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	open(t, s)
	raw, err := s.Bucket(ctx, state.BucketOptions{Name: "nodesets", History: state.MaxHistory, MaxBytes: 64 << 20, KeepDeleted: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Put(ctx, state.Key("set", ""), []byte(`{"rules":"AAAA"}`), state.Absent, "?"); err != nil {
		t.Fatal(err)
	}
	b := open(t, s)
	if _, ok := b.For("prod"); ok {
		t.Error("it says something")
	}
	if _, err := b.Put(ctx, nodesets.Set{Policies: peer.Files{}}, 0, "ann"); err != nil {
		t.Errorf("it cannot be replaced: %v", err)
	}
}
