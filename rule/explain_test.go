package rule_test

import (
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

func TestExplainDetection(t *testing.T) {
	verb := event.Ref{Field: event.APIOperation.ID()}
	user := event.Ref{Field: event.ActorUserName.ID()}
	code := event.Ref{Field: event.APIResponseCode.ID()}
	r := &rule.Rule{
		ID: "1", Title: "A title", Name: "a_name", Severity: rule.Medium, Source: rule.Source{File: "a.yml", Line: 3},
		LogSource: rule.LogSource{Product: "kubernetes", Service: "audit"}, Vocabulary: "audit", Table: event.ClassAudit,
		Filters: []string{"Our robots"},
		Expr:    &expr.Pred{Field: verb, Op: expr.OpEq, Text: "get", Fold: true},
		Ext: &rule.Extension{
			Actor: []event.Ref{user}, Window: time.Hour,
			New: &rule.Novelty{Key: []event.Ref{user}, Within: []event.Ref{verb}, MinHistory: 48 * time.Hour},
			Severity: []rule.Adjust{
				{If: &expr.Pred{Field: code, Op: expr.OpGe, Text: "400"}, Set: rule.Low, Why: "refused"},
				{Novel: &rule.Novelty{Key: []event.Ref{user}}, Raise: -1},
			},
			Tests: make([]rule.Test, 2),
		},
	}
	want := `A title
  id        1
  name      a_name
  from      a.yml:3
  severity  medium
  reads     table audit (product=kubernetes service=audit)
  judged    where the audit log is read; its novelty in order of time
  filter    Our robots

It matches an event when
  api.operation = "get"

Only where actor.user.name is new in its api.operation after at least 2d of history.

Its severity changes: every set that holds, in order, then every raise.
  - set low when api.response.code >= 400: refused
  - lower by 1 when actor.user.name is new in the cluster

One finding for equal
  actor     actor.user.name
  within    1h

It has 2 tests of its own.
`
	if got := rule.Explain(r); got != want {
		t.Errorf("Explain =\n%s\nwant\n%s", got, want)
	}
}

func TestExplainCorrelation(t *testing.T) {
	r := &rule.Rule{ID: "1", Title: "A title", Severity: rule.High, Silent: true, Correlation: &rule.Correlation{
		Type: rule.ValueCount, Rules: []string{"a", "b"}, GroupBy: []string{"who"}, Timespan: 90 * time.Second, Field: []string{"name"},
		Aliases:    map[string]map[string]string{"who": {"a": "user", "b": "owner"}},
		Conditions: []rule.Comparison{{Op: expr.OpGe, Value: 10}, {Op: expr.OpEq, Neq: true, Value: 12}},
		Generate:   true,
	}}
	want := `A title
  id        1
  from      :0
  severity  high (silent: it feeds correlations and makes no finding of its own)
  judged    in the hub, in order of time

It matches when, within 90s and with equal who,
  the number of different values of name in matches of
    a
    b
  is at least 10
  is not 12
  where who is user of a
  where who is owner of b
  (the rules above make findings of their own, too)
`
	if got := rule.Explain(r); got != want {
		t.Errorf("Explain =\n%s\nwant\n%s", got, want)
	}
}

func TestSpan(t *testing.T) {
	for in, want := range map[time.Duration]string{
		time.Second: "1s", 90 * time.Second: "90s", time.Hour: "1h", 36 * time.Hour: "36h", 720 * time.Hour: "30d", time.Millisecond: "1ms",
	} {
		if got := rule.Span(in); got != want {
			t.Errorf("Span(%v) = %s, want %s", int64(in), got, want)
		}
	}
}
