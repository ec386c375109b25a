package advise

import (
	"cmp"
	"slices"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Needs knows what a set of rules needs of an audit policy. It is for one
// goroutine at a time.
type Needs struct {
	rules []needy
	all   []*rule.Rule
	judge *judge
	// requests are those of allRequests, and answers which rules can match
	// each, at each level by its rank; made when first asked for.
	requests []kind
	answers  [4][][]bool
}

// needy is a rule that reads audit events.
type needy struct {
	rule *rule.Rule
	// refs are fields that the rule reads when it matches, besides its
	// conditions.
	refs []event.Ref
}

// need is what a rule needs of a kind of request: must is the level without
// which it cannot match, None where it never does; want that at which it has
// everything it reads.
type need struct{ must, want policy.Level }

// NewNeeds takes rules in. Disabled ones and those that read no audit events
// need nothing.
func NewNeeds(rules []*rule.Rule) (*Needs, error) {
	n := &Needs{}
	var trees []expr.Node
	for _, r := range rules {
		if r.Disabled {
			continue
		}
		n.all = append(n.all, r)
		if r.Expr == nil || r.Table != event.ClassAudit {
			continue
		}
		n.rules = append(n.rules, needy{r, refsOf(r, rules)})
		trees = append(trees, r.Expr)
		if r.Ext != nil {
			for _, a := range r.Ext.Severity {
				if a.If != nil {
					trees = append(trees, a.If)
				}
			}
		}
	}
	slices.SortStableFunc(n.rules, func(a, b needy) int { return cmp.Compare(nameOf(a.rule), nameOf(b.rule)) })
	var err error
	n.judge, err = newJudge(trees)
	return n, err
}

// nameOf is what a rule is called in policies and reports.
func nameOf(r *rule.Rule) string { return cmp.Or(r.Name, r.ID, r.Title) }

// refsOf lists the fields that a rule reads besides its conditions: what makes
// findings distinct, what must be new, and what correlations join by.
func refsOf(r *rule.Rule, all []*rule.Rule) []event.Ref {
	var out []event.Ref
	if x := r.Ext; x != nil {
		out = append(out, x.Actor...)
		out = append(out, x.Target...)
		if x.New != nil {
			out = append(append(out, x.New.Key...), x.New.Within...)
		}
		for _, a := range x.Severity {
			if a.Novel != nil {
				out = append(append(out, a.Novel.Key...), a.Novel.Within...)
			}
		}
	}
	for _, c := range all {
		if c.Correlation == nil || c.Disabled || !refersTo(c, r) {
			continue
		}
		for _, name := range slices.Concat(c.Correlation.GroupBy, c.Correlation.Field) {
			if alias, ok := c.Correlation.Aliases[name][r.ID]; ok {
				name = alias
			}
			if ref, ok := r.Resolve(name); ok {
				out = append(out, ref)
			}
		}
	}
	return out
}

// refersTo reports whether a correlation joins matches of r.
func refersTo(c, r *rule.Rule) bool {
	return slices.Contains(c.Correlation.Rules, r.ID) || r.Name != "" && slices.Contains(c.Correlation.Rules, r.Name)
}

// of returns what each rule needs of a kind of request, in the order of
// n.rules. The kind's level does not matter.
func (n *Needs) of(k kind, into []need) []need {
	into = append(into[:0], make([]need, len(n.rules))...)
	for _, level := range []policy.Level{policy.RequestResponse, policy.Request, policy.Metadata} {
		at := k
		at.level = level
		n.judge.load(&at)
		for i := range n.rules {
			switch {
			case level == policy.RequestResponse:
				into[i] = n.best(&n.rules[i], &at)
			case into[i].must != policy.None && n.judge.tree(n.rules[i].rule.Expr).answer != no:
				into[i].must = level
			}
		}
	}
	for i := range into {
		into[i].want = higher(into[i].want, into[i].must)
	}
	return into
}

// best returns what a rule needs where everything is recorded: must is
// RequestResponse if it can match at all.
func (n *Needs) best(r *needy, k *kind) need {
	v := n.judge.tree(r.rule.Expr)
	if v.answer == no {
		return need{policy.None, policy.None}
	}
	want := higher(policy.Metadata, v.reads)
	if r.rule.Ext != nil {
		for _, a := range r.rule.Ext.Severity {
			if a.If != nil {
				want = higher(want, n.judge.tree(a.If).reads)
			}
		}
	}
	for _, ref := range r.refs {
		if body := bodyOf(ref); body != policy.None && k.has(body) {
			want = higher(want, body)
		}
	}
	return need{policy.RequestResponse, want}
}

// tried returns the kinds of requests with which policies are tried.
func (n *Needs) tried() []kind {
	if n.requests == nil {
		n.requests = allRequests()
		for i := range n.answers {
			n.answers[i] = make([][]bool, len(n.requests))
		}
	}
	return n.requests
}

// matchesTried reports which rules can match the requests of tried()[i] that
// are recorded at a level. The caller must not change the answer.
func (n *Needs) matchesTried(i int, level policy.Level) []bool {
	into := &n.answers[level.Rank()][i]
	if *into == nil {
		k := n.tried()[i]
		k.level = level
		*into = n.matches(&k, nil)
	}
	return *into
}

// matches reports which rules can match requests of a kind that are recorded
// at its level.
func (n *Needs) matches(k *kind, into []bool) []bool {
	into = append(into[:0], make([]bool, len(n.rules))...)
	if k.level == policy.None {
		return into
	}
	n.judge.load(k)
	for i := range n.rules {
		into[i] = n.judge.tree(n.rules[i].rule.Expr).answer != no
	}
	return into
}
