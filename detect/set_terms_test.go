package detect

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// A set agrees with the one-at-a-time evaluator on predicates that look at
// what is computed, at one word of a list, and at values that do not match.
func TestMatchTerms(t *testing.T) {
	groups := event.ActorUserGroups.ID()
	lower := &expr.Term{Fn: expr.FnLower, Args: []*expr.Term{{Ref: event.Ref{Field: event.AuditUserName.ID()}}}}
	nodes := []expr.Node{
		&expr.Pred{Field: event.Ref{Field: event.AuditUserName.ID()}, Term: lower, Op: expr.OpEq, Text: "mira"},
		&expr.Pred{Field: event.Ref{Field: event.AuditUserName.ID()}, Op: expr.OpEq, Text: "mira"},
		&expr.Pred{Field: event.Ref{Field: groups, Path: "0"}, Op: expr.OpEq, Text: "dev"},
		&expr.Pred{Field: event.Ref{Field: groups}, Op: expr.OpEq, Text: "dev"},
		&expr.Pred{Field: event.Ref{Field: groups, Path: "role"}, Op: expr.OpPrefix, Text: "a"},
		&expr.Pred{Field: event.Ref{Field: groups}, Op: expr.OpMismatch, Text: `^(dev|ops)$`},
	}
	var rules []*rule.Rule
	for _, n := range nodes {
		rules = append(rules, auditRule(n), auditRule(&expr.Not{X: n}), auditRule(and(eq("api.operation", "get"), n)), auditRule(and(eq("api.operation", "get"), &expr.Not{X: n})))
	}
	s, err := Compile(rules, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		user   string
		groups []string
	}{{"", nil}, {"Mira", nil}, {"mira", []string{"dev"}}, {"MIRA", []string{"ops", "dev"}}, {"x", []string{"dev", "role=admin", "role=b"}}, {"x", []string{"role=b"}}} {
		e := &event.Event{}
		e.Reset(event.ClassAudit)
		event.APIOperation.Set(e, "get")
		if c.user != "" {
			event.AuditUserName.Set(e, c.user)
		}
		if c.groups != nil {
			event.ActorUserGroups.Set(e, c.groups)
		}
		sc := s.NewScratch()
		found := map[int32]bool{}
		for _, m := range s.Match(sc, e, nil) {
			found[m.Rule] = true
		}
		for i := range rules {
			if want := s.Verify(sc, e, int32(i)); found[int32(i)] != want {
				t.Errorf("%+v: rule %d (%s): %v, want %v", c, i, expr.Print(rules[i].Expr), !want, want)
			}
		}
	}
}
