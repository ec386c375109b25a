package detect

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// start is when the events of tests begin.
var start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// call is an audit event of a test. Times are seconds after start.
type call struct {
	at       float64
	id       string // audit ID; the identity, too
	user     string
	ip       string
	verb     string
	resource string
	sub      string
	ns       string
	name     string
	code     int64
	stage    string
	received float64 // when it differs from at, and is not 0
	outside  string
}

func (c call) uid() event.UID { return event.NewUIDHasher().Sum("test", c.id) }

func seconds(s float64) int64 { return start.Add(time.Duration(s * float64(time.Second))).UnixNano() }

func (c call) event() *event.Event {
	e := &event.Event{}
	e.Reset(event.ClassAudit)
	event.Time.Set(e, seconds(c.at))
	event.AuditRequestTime.Set(e, seconds(c.at))
	if c.received != 0 {
		event.AuditRequestTime.Set(e, seconds(c.received))
	}
	event.APIRequestUID.Set(e, c.id)
	stage := c.stage
	if stage == "" {
		stage = "ResponseComplete"
	}
	event.AuditStage.Set(e, stage)
	if c.code != 0 {
		event.APIResponseCode.Set(e, c.code)
	}
	for _, f := range []struct {
		set func(*event.Event, string)
		v   string
	}{
		{event.ActorUserName.Set, c.user}, {event.AuditUserName.Set, c.user}, {event.SrcEndpointIP.Set, c.ip}, {event.APIOperation.Set, c.verb},
		{event.ResourceType.Set, c.resource}, {event.ResourceSubresource.Set, c.sub}, {event.K8sNamespace.Set, c.ns},
		{event.ResourceName.Set, c.name}, {event.AuditCallerOutside.Set, c.outside},
	} {
		if f.v != "" {
			f.set(e, f.v)
		}
	}
	return e
}

// eq is a predicate on a field of the registry.
func eq(field, text string) expr.Node { return pred(field, expr.OpEq, text) }

func pred(field string, op expr.Op, text string) expr.Node {
	ref, ok := event.Resolve(event.ClassAudit, field)
	if !ok {
		panic("no field " + field)
	}
	return &expr.Pred{Field: ref, Name: field, Op: op, Text: text, Fold: op == expr.OpEq}
}

func and(x ...expr.Node) expr.Node { return &expr.And{X: x} }

func refs(names ...string) []event.Ref {
	var out []event.Ref
	for _, n := range names {
		ref, ok := event.Resolve(event.ClassAudit, n)
		if !ok {
			panic("no field " + n)
		}
		out = append(out, ref)
	}
	return out
}

// single is a rule on the audit log.
func single(id string, severity rule.Severity, cond expr.Node, ext *rule.Extension) *rule.Rule {
	return &rule.Rule{ID: id, Name: id, Title: id, Severity: severity, Table: event.ClassAudit, Vocabulary: "audit",
		LogSource: rule.LogSource{Product: "kubernetes", Service: "audit"}, Expr: cond, Ext: ext}
}

// testBed runs calls through a State, finding matches as package detect's set
// does: rules that read contextual fields are pending whenever the rest may
// hold.
type testBed struct {
	tb      testing.TB
	rules   []*rule.Rule
	state   *State
	program *expr.Program
	subject *expr.Subject
	tree    []int
	seen    map[string]bool
}

func newBed(tb testing.TB, opts StateOptions, rules ...*rule.Rule) *testBed {
	tb.Helper()
	s, err := NewState(rules, opts)
	if err != nil {
		tb.Fatal(err)
	}
	b := &testBed{tb: tb, rules: rules, state: s, seen: map[string]bool{}}
	var trees []expr.Node
	for _, r := range rules {
		if b.tree = append(b.tree, len(trees)); r.Expr != nil {
			trees = append(trees, r.Expr)
		}
	}
	if b.program, err = expr.NewProgram(trees, expr.Options{}); err != nil {
		tb.Fatal(err)
	}
	b.subject = b.program.NewSubject()
	return b
}

func (b *testBed) matches(e *event.Event) []Match {
	b.subject.Load(e)
	var out []Match
	for i, r := range b.rules {
		switch {
		case r.Expr == nil:
		case readsField(r.Expr, isContextual):
			out = append(out, Match{Rule: int32(i), Pending: true})
		case b.program.Eval(b.subject, b.tree[i]):
			out = append(out, Match{Rule: int32(i)})
		}
	}
	return out
}

func (b *testBed) observe(calls ...call) {
	for _, c := range calls {
		kind := SeenFirst
		if b.seen[c.id] {
			kind = SeenAmended
		}
		b.seen[c.id] = true
		e := c.event()
		b.state.Observe(e, c.uid(), b.matches(e), kind)
		e.Reset(event.ClassAudit) // nothing may be kept of it
	}
}

func (b *testBed) learn(calls ...call) {
	for _, c := range calls {
		e := c.event()
		b.state.Learn(e, b.matches(e))
	}
}

// line is what a test looks at of a finding.
func line(f *Finding) string {
	s := fmt.Sprintf("%s %s %d", f.Rule.ID, f.Severity, f.Count)
	if f.Failed > 0 {
		s += fmt.Sprintf(" failed=%d", f.Failed)
	}
	s += fmt.Sprintf(" %v", f.AuditIDs)
	for _, r := range f.Reasons {
		s += "; " + r
	}
	return s
}

func lines(fs []*Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, line(f))
	}
	return out
}

// inOrder sorts calls by time.
func inOrder(cs []call) []call {
	slices.SortStableFunc(cs, func(a, b call) int { return cmp.Compare(a.at, b.at) })
	return cs
}
