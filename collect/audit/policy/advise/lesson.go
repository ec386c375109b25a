package advise

import (
	"slices"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// lesson is what a contextual field is learned from: rules that read it need
// bodies of requests that they do not match themselves.
type lesson struct {
	field    event.FieldID
	resource string
	verb     string
	level    policy.Level
}

// lessons: when a pod that was told to end is gone stands in the answer, as
// its grace period; without it ten minutes are assumed (docs/callers.md).
var lessons = []lesson{{event.AuditTokenPodState.ID(), "pods", "delete", policy.RequestResponse}}

// learn adds what contextual fields are learned from, as far as rules read
// them.
func (b *bodyNeeds) learn(n *Needs) {
	for _, l := range lessons {
		readers := n.readers(event.Ref{Field: l.field})
		i := slices.IndexFunc(b.resources, func(r Resource) bool { return r.Group == "" && r.String() == l.resource })
		if len(readers) == 0 || i < 0 {
			continue
		}
		at := cell{i, l.verb}
		b.level[at] = higher(b.level[at], l.level)
		b.rules[at] = append(b.rules[at], readers...)
	}
}

// readers are names of the rules whose conditions read a field.
func (n *Needs) readers(ref event.Ref) (out []string) {
	for _, r := range n.rules {
		reads := false
		visit := func(p *expr.Pred) { reads = reads || slices.Contains(p.Refs(), ref) }
		expr.EachPred(r.rule.Expr, visit)
		if r.rule.Ext != nil {
			for _, a := range r.rule.Ext.Severity {
				expr.EachPred(a.If, visit)
			}
		}
		if reads {
			out = append(out, nameOf(r.rule))
		}
	}
	return out
}
