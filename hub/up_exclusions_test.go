package hub

import (
	"errors"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/lake"
)

// An exclusion is proposed of the finding that was asked for, among others.
func TestProposeExclusion(t *testing.T) {
	l, _, err := lake.Open(t.Context(), lake.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	at := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	r := &rule.Rule{ID: "exec", Title: "Shell in a container", Severity: rule.High}
	a := l.Begin("test", 1, 1)
	for _, id := range []string{"f1", "f2", "f3"} {
		f := &detect.Finding{ID: id, Rule: r, Severity: rule.High, Cluster: "prod", First: at, Last: at, Count: 1,
			Actor: detect.Actor{User: "user of " + id}, Target: detect.Target{Namespace: "shop"}}
		var e event.Event
		if err := row.Finding(&e, f, row.Standing{Received: at}); err != nil {
			t.Fatal(err)
		}
		if err := a.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := &exclusionBook{past: live.Lake{Lake: l}, rules: func(string) *rule.Rule { return r }, now: time.Now}
	e, err := b.Propose(t.Context(), "f2")
	if err != nil {
		t.Fatal(err)
	}
	if e.Finding != "f2" || len(e.Rules) != 1 || e.Rules[0] != "exec" || e.Scope.User != "user of f2" || e.Scope.Namespace != "shop" || e.Scope.Cluster != "prod" {
		t.Errorf("%+v", e)
	}
	if _, err := b.Propose(t.Context(), "f4"); !errors.Is(err, exclude.ErrNoFinding) {
		t.Errorf("a finding that is not there: %v", err)
	}
}
