package detect

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// auditRule is a rule of the audit table.
func auditRule(n expr.Node) *rule.Rule {
	return &rule.Rule{Title: "t", Table: event.ClassAudit, Expr: n, Source: rule.Source{File: "f.yml", Line: 1}}
}

func TestMatch(t *testing.T) {
	outside := eq("audit.caller_outside", "yes")
	get := eq("api.operation", "get")
	disabled, correlation, process := auditRule(get), auditRule(nil), auditRule(&expr.Pred{Field: event.Ref{Field: event.ProcessName.ID()}, Op: expr.OpEq, Text: "sh", Fold: true})
	disabled.Disabled = true
	correlation.Table = event.ClassNone
	process.Table = event.ClassProcess
	rules := []*rule.Rule{
		0:  auditRule(get),
		1:  disabled,
		2:  correlation,
		3:  process,
		4:  auditRule(and(get, outside)),
		5:  auditRule(and(get, &expr.Not{X: outside})),
		6:  auditRule(and(eq("api.operation", "list"), outside)),
		7:  auditRule(and(get, pred("raw.a.b", expr.OpEq, "1"))),
		8:  auditRule(and(get, pred("raw.a.b", expr.OpEq, "2"))),
		9:  auditRule(pred("api.operation", expr.OpRegex, "^g.t$")),
		10: auditRule(and(outside, pred("raw.a.b", expr.OpEq, "2"))),
		11: auditRule(&expr.And{}),
	}
	s, err := Compile(rules, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Rules()) != len(rules) {
		t.Errorf("%d rules", len(s.Rules()))
	}
	sc := s.NewScratch()
	e := &event.Event{}
	e.Reset(event.ClassAudit)
	event.APIOperation.Set(e, "get")
	e.Raw = []byte(`{"a": {"b": 1}}`)

	want := []Match{{Rule: 0}, {4, true}, {5, true}, {Rule: 7}, {Rule: 9}, {Rule: 11}}
	got := s.Match(sc, e, []Match{{Rule: 99}})
	if !slices.Equal(got[1:], want) || got[0].Rule != 99 {
		t.Errorf("%v, want %v after what was there", got, want)
	}
	for _, tt := range []struct {
		outside string
		holds   []int32
	}{{"yes", []int32{0, 4, 7, 9, 11}}, {"no", []int32{0, 5, 7, 9, 11}}, {"", []int32{0, 5, 7, 9, 11}}} {
		event.AuditCallerOutside.Set(e, tt.outside)
		if tt.outside == "" {
			e.Clear(event.AuditCallerOutside.ID())
		}
		var holds []int32
		for i := range rules {
			if s.Verify(sc, e, int32(i)) {
				holds = append(holds, int32(i))
			}
		}
		if !slices.Equal(holds, tt.holds) {
			t.Errorf("outside %q: %v hold, want %v", tt.outside, holds, tt.holds)
		}
	}

	e.Reset(event.ClassProcess)
	event.ProcessName.Set(e, "SH")
	if got := s.Match(sc, e, nil); !slices.Equal(got, []Match{{Rule: 3}}) {
		t.Errorf("process: %v", got)
	}
	e.Reset(event.ClassDNS)
	if got := s.Match(sc, e, nil); len(got) > 0 {
		t.Errorf("a table without rules: %v", got)
	}
}

func TestCompileErrors(t *testing.T) {
	bad := auditRule(and(eq("api.operation", "get"), &expr.Pred{At: expr.Pos{Line: 7, Col: 3}, Name: "x", Field: refs("api.operation")[0], Op: expr.OpRegex, Text: "("}))
	outside := auditRule(&expr.Or{X: []expr.Node{eq("audit.caller_outside", "yes"), &expr.Pred{Field: refs("src_endpoint.ip")[0], Op: expr.OpCIDR, Text: "?"}}})
	_, err := Compile([]*rule.Rule{auditRule(eq("api.operation", "get")), bad, outside}, Options{})
	var re *RuleError
	if !errors.As(err, &re) || re.Rule != bad || re.At.Line != 7 {
		t.Fatalf("%v", err)
	}
	want := "f.yml:7:3: rule \"t\": x: regular expression: error parsing regexp: missing closing ): `(`\n" +
		`f.yml:1: rule "t": "?" is neither a CIDR block nor an address`
	if err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
	var pe *expr.Error
	if !errors.As(err, &pe) {
		t.Error("the cause is lost")
	}
}

var manyOps = []expr.Op{expr.OpEq, expr.OpEq, expr.OpContains, expr.OpRegex, expr.OpExists, expr.OpNull, expr.OpGlob}

// manyRules returns rules and events that have something to do with each
// other. Their predicates use ops.
func manyRules(seed uint64, ops ...expr.Op) (rules []*rule.Rule, events []*event.Event) {
	r := rand.New(rand.NewPCG(seed, 1))
	word := func() string {
		return []string{"get", "list", "yes", "no", "a", "1", "pods", "x-" + fmt.Sprint(r.IntN(50))}[r.IntN(8)]
	}
	fields := []string{"api.operation", "resource.name", "actor.user.groups", "audit.caller_outside", "audit.credential_places", "audit.listed_address", "raw.a.b", "audit.request_object_kind"}
	var tree func(depth int) expr.Node
	tree = func(depth int) expr.Node {
		if depth == 0 {
			return pred(fields[r.IntN(len(fields))], ops[r.IntN(len(ops))], word())
		}
		x := []expr.Node{tree(depth - 1), tree(r.IntN(depth))}
		return []expr.Node{&expr.And{X: x}, &expr.And{X: x}, &expr.Or{X: x}, &expr.Not{X: x[0]}}[r.IntN(4)]
	}
	for range 60 {
		rules = append(rules, auditRule(tree(3)))
	}
	for range 300 {
		e := &event.Event{}
		e.Reset(event.ClassAudit)
		event.APIOperation.Set(e, word())
		event.ResourceName.Set(e, strings.Repeat(word(), r.IntN(3)))
		event.ActorUserGroups.Set(e, []string{word(), word()})
		if r.IntN(2) == 0 {
			e.Raw = fmt.Appendf(nil, `{"a": {"b": %q}, "requestObject": {"kind": %q}}`, word(), word())
		}
		if r.IntN(2) == 0 {
			event.AuditCallerOutside.Set(e, word())
			event.AuditCredentialPlaces.Set(e, int64(r.IntN(3)))
			event.AuditListedAddress.Set(e, []string{word()})
		}
		events = append(events, e)
	}
	return rules, events
}

// checkSet compares a set with evaluating one rule after another.
func checkSet(t *testing.T, s *Set, events []*event.Event) {
	t.Helper()
	nodes := make([]expr.Node, len(s.Rules()))
	for i, r := range s.Rules() {
		nodes[i] = r.Expr
	}
	p, err := expr.NewProgram(nodes, expr.Options{})
	if err != nil {
		t.Error(err)
		return
	}
	sc, sub := s.NewScratch(), p.NewSubject()
	for n, e := range events {
		sub.Load(e)
		found := map[int32]Match{}
		for _, m := range s.Match(sc, e, nil) {
			found[m.Rule] = m
		}
		for i := range nodes {
			m, ok := found[int32(i)]
			want := p.Eval(sub, i)
			if want && !ok || !want && ok && !m.Pending {
				t.Errorf("event %d, rule %d: found %v %+v, holds %v", n, i, ok, m, want)
			}
			if s.Verify(sc, e, int32(i)) != want {
				t.Errorf("event %d, rule %d: verified otherwise than %v", n, i, want)
			}
		}
	}
}

func TestSetAgainstProgram(t *testing.T) {
	for seed := range uint64(20) {
		rules, events := manyRules(seed, manyOps...)
		s, err := Compile(rules, Options{MemoBytes: int(seed) * 100, ClassBytes: int(seed%5) * 300})
		if err != nil {
			t.Fatal(err)
		}
		checkSet(t, s, events)
	}
}

func TestSetConcurrently(t *testing.T) {
	rules, events := manyRules(99, manyOps...)
	s, err := Compile(rules, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { checkSet(t, s, events) })
	}
	wg.Wait()
}

func TestMatchDoesNotAllocate(t *testing.T) {
	rules, events := manyRules(3, expr.OpEq, expr.OpContains, expr.OpExists, expr.OpNull, expr.OpGlob) // package regexp allocates now and then
	s, err := Compile(rules, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sc := s.NewScratch()
	var out []Match
	all := func() {
		for _, e := range events {
			out = s.Match(sc, e, out[:0])
		}
	}
	all()
	sc.Retune()
	all()
	if n := testing.AllocsPerRun(5, all); n > 0 {
		t.Errorf("%v allocations for %d events", n, len(events))
	}
}
