package ownrules_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/store/ownrules"
	"github.com/lynceus-io/lynceus/store/state"
)

const document = `title: Secret read in payments
id: own_secrets
logsource: {product: kubernetes, service: audit}
detection:
  selection: {resource.type: secrets}
  condition: selection
level: medium
`

// counting is a rule that counts what another one of its document matches.
const counting = `title: Each
id: own_many_each
logsource: {product: kubernetes, service: audit}
detection: {selection: {resource.type: secrets}, condition: selection}
level: low
---
title: Many secrets
id: own_many
correlation: {type: event_count, rules: [own_many_each], group-by: [actor.user.name], timespan: 5m, condition: {gt: 9}}
level: high
`

func newStore(t *testing.T) *state.Store {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return state.New(b.JetStream(), state.Options{})
}

func open(t *testing.T, s *state.Store, changed func([]ownrules.Stored)) *ownrules.Book {
	t.Helper()
	b, err := ownrules.Open(t.Context(), s, ownrules.Options{Damaged: func(err error) { t.Log(err) }, Changed: changed})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBook(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	told := -1
	b := open(t, s, func(all []ownrules.Stored) { told = len(all) })
	if told != 0 {
		t.Fatalf("told of %d rules at first", told)
	}
	if _, err := b.Get(ctx, "own_secrets"); !errors.Is(err, ownrules.ErrNotFound) {
		t.Errorf("nothing: %v", err)
	}
	one, err := b.Put(ctx, ownrules.Rule{ID: "own_secrets", Document: document, On: true, Note: "first"}, 0, "ann")
	if err != nil || one.Author != "ann" || one.Created.IsZero() || told != 1 {
		t.Fatalf("%+v, %v, told %d", one, err, told)
	}
	if _, err := b.Put(ctx, one.Rule, 0, "bob"); !errors.Is(err, state.ErrConflict) {
		t.Errorf("a second one of that id: %v", err)
	}
	off := one.Rule
	off.On = false
	two, err := b.Put(ctx, off, one.Revision, "bob")
	if err != nil || two.Author != "ann" || two.ChangedBy != "bob" || !two.Created.Equal(one.Created) {
		t.Fatalf("%+v, %v", two, err)
	}
	if _, err := b.Put(ctx, off, one.Revision, "eve"); !errors.Is(err, state.ErrConflict) {
		t.Errorf("an old revision: %v", err)
	}
	again := open(t, s, nil) // as after a restart
	if list := again.List(); len(list) != 1 || list[0].On || list[0].Revision != two.Revision {
		t.Errorf("after a restart: %+v", list)
	}
	if err := b.Remove(ctx, "own_secrets", "ann"); err != nil || told != 0 {
		t.Fatalf("removed: %v, told %d", err, told)
	}
	if err := b.Remove(ctx, "own_secrets", "ann"); !errors.Is(err, ownrules.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	h, err := b.History(ctx, "own_secrets")
	if err != nil || len(h) != 3 || h[0].By != "ann" || !h[0].Rule.On || h[1].Rule.On || h[2].Rule != nil {
		t.Fatalf("history %+v, %v", h, err)
	}
	if back, err := b.Put(ctx, *h[0].Rule, 0, "cid"); err != nil || !back.On || back.Author != "cid" {
		t.Errorf("put again: %+v, %v", back, err)
	}
	for _, id := range []string{"never", "own_never", "", "own_a.b"} {
		if _, err := b.History(ctx, id); !errors.Is(err, ownrules.ErrNotFound) {
			t.Errorf("history of %q: %v", id, err)
		}
	}
}

func TestInvalid(t *testing.T) {
	b := open(t, newStore(t), nil)
	f := func(r ownrules.Rule, by, want string) {
		t.Helper()
		if _, err := b.Put(t.Context(), r, 0, by); !errors.Is(err, ownrules.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: %v, want %s", r.Document, err, want)
		}
	}
	f(ownrules.Rule{ID: "secrets", Document: document}, "ann", "is none")
	f(ownrules.Rule{ID: "own_a.b", Document: document}, "ann", "is none")
	f(ownrules.Rule{ID: "own_" + strings.Repeat("a", 70), Document: document}, "ann", "is none")
	f(ownrules.Rule{ID: "own_secrets"}, "ann", "empty")
	f(ownrules.Rule{ID: "own_secrets", Document: strings.Repeat("#", ownrules.MaxDocument+1)}, "ann", "more than")
	f(ownrules.Rule{ID: "own_secrets", Document: document}, "", "who")
	f(ownrules.Rule{ID: "own_secrets", Document: document, Note: "\xff"}, "ann", "note")
	f(ownrules.Rule{ID: "own_secrets", Document: document, Scope: scope.Scope{Namespaces: []string{"*"}}}, "ann", "alone")
	f(ownrules.Rule{ID: "own_other", Document: document}, "ann", "write id: own_other")
	f(ownrules.Rule{ID: "own_secrets", Document: "title: x\n"}, "ann", "detection")
	f(ownrules.Rule{ID: "own_secrets", Document: "# nothing\n"}, "ann", "")
	f(ownrules.Rule{ID: "own_secrets", Document: strings.Replace(document, "level:", "name: exec_into_container\nlevel:", 1)}, "ann", "leave it out")
	f(ownrules.Rule{ID: "own_many", Document: strings.Replace(counting, "own_many_each\nlog", "own_many_other\nlog", 1)}, "ann", "own_many_each")
	f(ownrules.Rule{ID: "own_secrets", Document: strings.Replace(document, "resource.type", "resource.kindd", 1)}, "ann", "resource.kindd")
}

func TestCompile(t *testing.T) {
	list, err := (&ownrules.Rule{ID: "own_many", Document: counting, On: true}).Compile()
	if err != nil || len(list) != 2 || list[0].ID != "own_many" || list[0].Disabled {
		t.Fatalf("%+v, %v", list, err)
	}
	s := scope.Scope{Clusters: []string{"prod"}, Namespaces: []string{"payments", "team-*"}}
	list, err = (&ownrules.Rule{ID: "own_many", Document: counting, Scope: s}).Compile()
	if err != nil {
		t.Fatal(err)
	}
	want := `k8s.cluster = "prod" cased and (k8s.namespace = "payments" cased or k8s.namespace starts with "team-" cased) and resource.type = "secrets"`
	if got := expr.Print(list[1].Expr); got != want {
		t.Errorf("limited:\n got %s\nwant %s", got, want)
	}
	if !list[0].Disabled || !list[1].Disabled {
		t.Error("a rule that is not on is run")
	}
}

// A rule that cannot be read is not judged, and can be replaced.
func TestDamaged(t *testing.T) {
	s := newStore(t)
	open(t, s, nil)
	raw, err := s.Bucket(t.Context(), state.BucketOptions{Name: "ownrules", History: state.MaxHistory, MaxBytes: 256 << 20, KeepDeleted: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Put(t.Context(), "own_secrets", []byte("{"), state.Absent, "?"); err != nil {
		t.Fatal(err)
	}
	b := open(t, s, nil)
	if list := b.List(); len(list) != 0 {
		t.Errorf("listed: %+v", list)
	}
	if r, err := b.Put(t.Context(), ownrules.Rule{ID: "own_secrets", Document: document}, 0, "ann"); err != nil || r.Created.Before(time.Now().Add(-time.Hour)) {
		t.Errorf("it cannot be replaced: %+v, %v", r, err)
	}
}
