package detect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// plan is what a State does with the matches of one rule.
type plan struct {
	rule     *rule.Rule
	index    int32
	severity rule.Severity // before adjustments
	window   int64         // nanoseconds

	verify     int  // tree of the whole condition; none when matches need no verification
	contextual bool // a contextual field decides whether or how it matches
	adjusts    []adjust
	novelties  []novelty
	fresh      int // index in novelties of the one that must be new; none
	// lowerFailed: a failed attempt is lowered.
	lowerFailed bool
	// finds: matches make findings; otherwise they feed correlations only.
	finds bool

	actor, target []expr.Column
	evidence      []evidence
	valueRefs     []event.Ref   // what correlations want to know of a match
	values        []expr.Column // the same
	parents       []*parent     // correlations that it feeds
	correlation   *correlation  // of a correlation
}

// evidence is a field that the rule names as worth showing.
type evidence struct {
	name   string
	column expr.Column
}

// planner makes plans. Columns are known only after the program is compiled,
// so that it first collects references and then resolves them.
type planner struct {
	trees   []expr.Node
	owner   []int32 // rule of each tree
	refs    []event.Ref
	terms   []*expr.Term
	resolve []func(*expr.Program)
}

// tree adds a tree of rule index and returns its number.
func (b *planner) tree(index int32, n expr.Node) int {
	b.trees = append(b.trees, n)
	b.owner = append(b.owner, index)
	return len(b.trees) - 1
}

// columns arranges that *dst holds the columns of refs.
func (b *planner) columns(dst *[]expr.Column, refs []event.Ref) {
	b.refs = append(b.refs, refs...)
	b.resolve = append(b.resolve, func(p *expr.Program) {
		for _, r := range refs {
			c, _ := p.Column(r)
			*dst = append(*dst, c)
		}
	})
}

// defaultTarget are the fields that tell targets apart where a rule does not
// say, by table.
var (
	defaultActor  = []event.Ref{{Field: event.ActorUserName.ID()}}
	defaultTarget = []event.Ref{{Field: event.ResourceType.ID()}, {Field: event.ResourceSubresource.ID()},
		{Field: event.K8sNamespace.ID()}, {Field: event.ResourceName.ID()}}
	defaultRuntimeTarget = []event.Ref{{Field: event.K8sNamespace.ID()}, {Field: event.K8sPod.ID()},
		{Field: event.ContainerUID.ID()}, {Field: event.ProcessFilePath.ID()}, {Field: event.ActorProcessFilePath.ID()}}
)

// plan makes the plan of a rule that judges single events, or the part of a
// correlation's that is the same.
func (b *planner) plan(r *rule.Rule, index int32, opts *StateOptions) (*plan, error) {
	p := &plan{rule: r, index: index, severity: r.Severity, window: int64(opts.Window), verify: none, fresh: none, finds: !r.Silent}
	if p.severity == 0 {
		p.severity = defaultSeverity
	}
	ext := r.Ext
	if ext == nil {
		ext = &rule.Extension{}
	}
	if ext.Window > 0 {
		p.window = int64(ext.Window)
	}
	p.window = max(p.window, int64(time.Second))
	if ext.New != nil {
		p.fresh = b.novelty(p, ext.New)
	}
	if err := b.compileAdjusts(p, ext.Severity); err != nil {
		return nil, err
	}
	if r.Correlation != nil {
		return p, nil
	}
	if r.Expr == nil {
		return nil, errors.New("the rule has neither a condition nor a correlation")
	}
	if readsField(r.Expr, isContextual) {
		p.verify = b.tree(index, r.Expr)
	}
	p.contextual = isContextualRule(r)
	p.lowerFailed = lowersFailed(r)
	actor, target := Keys(r)
	b.columns(&p.actor, actor)
	b.columns(&p.target, target)
	b.fields(p)
	return p, nil
}

// Keys returns the fields whose values tell one finding of a rule from
// another: all requests of a finding agree in them. They mean nothing for a
// correlation. The caller must not change them.
func Keys(r *rule.Rule) (actor, target []event.Ref) {
	if r.Ext != nil {
		actor, target = r.Ext.Actor, r.Ext.Target
	}
	if len(actor) == 0 {
		actor = defaultActor
	}
	if len(target) == 0 {
		if target = defaultTarget; r.Table != event.ClassAudit {
			target = defaultRuntimeTarget
		}
	}
	return actor, target
}

// fields makes the evidence of a rule. Names that mean nothing in its table
// are left out: they are shown only.
func (b *planner) fields(p *plan) {
	for _, name := range p.rule.Fields {
		ref, ok := p.rule.Resolve(name)
		if !ok {
			continue
		}
		if t := p.rule.Terms[name]; t != nil {
			at := len(b.terms)
			b.terms = append(b.terms, t)
			b.resolve = append(b.resolve, func(prog *expr.Program) {
				p.evidence = append(p.evidence, evidence{name, prog.TermColumn(at)})
			})
			continue
		}
		b.refs = append(b.refs, ref)
		b.resolve = append(b.resolve, func(prog *expr.Program) {
			c, _ := prog.Column(ref)
			p.evidence = append(p.evidence, evidence{name, c})
		})
	}
}

// program compiles what was collected and resolves the columns.
func (b *planner) program(rules []*rule.Rule, lists func(string) expr.List) (*expr.Program, error) {
	prog, err := expr.NewProgram(b.trees, expr.Options{Lists: lists, Refs: b.refs, Terms: b.terms})
	var bad *expr.Error
	if errors.As(err, &bad) && bad.Tree >= 0 {
		r := rules[b.owner[bad.Tree]]
		return nil, fmt.Errorf("%s: rule %q: %w", r.Source, r.Title, err)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range b.resolve {
		f(prog)
	}
	return prog, nil
}

// isContextualRule reports whether a contextual field decides whether r
// matches, how severe a match is, or which finding it belongs to.
func isContextualRule(r *rule.Rule) bool {
	if readsField(r.Expr, isContextual) {
		return true
	}
	if r.Ext == nil {
		return false
	}
	novel := func(n *rule.Novelty) bool {
		return n != nil && (anyRef(n.Key, isContextual) || anyRef(n.Within, isContextual))
	}
	for _, a := range r.Ext.Severity {
		if readsField(a.If, isContextual) || novel(a.Novel) {
			return true
		}
	}
	return novel(r.Ext.New) || anyRef(r.Ext.Actor, isContextual) || anyRef(r.Ext.Target, isContextual)
}

func anyRef(refs []event.Ref, is func(event.Ref) bool) bool {
	for _, r := range refs {
		if is(r) {
			return true
		}
	}
	return false
}

// readsField reports whether a tree, which may be nil, has a predicate on a
// field for which is holds.
func readsField(n expr.Node, is func(event.Ref) bool) bool {
	some := func(nodes []expr.Node) bool {
		for _, x := range nodes {
			if readsField(x, is) {
				return true
			}
		}
		return false
	}
	switch n := n.(type) {
	case *expr.And:
		return some(n.X)
	case *expr.Or:
		return some(n.X)
	case *expr.Not:
		return readsField(n.X, is)
	case *expr.Pred:
		return slices.ContainsFunc(n.Refs(), is)
	}
	return false
}

// hasPathPrefix reports whether path is prefix or stands below it.
func hasPathPrefix(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
