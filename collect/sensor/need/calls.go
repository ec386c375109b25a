package need

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/falco"
)

// callsNamed returns the system calls that a rule may be about: those that it names, or, where it asks for a pattern of
// names, all of its table.
func callsNamed(r *rule.Rule) []string {
	var out []string
	pattern := false
	expr.EachPred(r.Expr, func(p *expr.Pred) {
		if !slices.ContainsFunc(p.Refs(), func(ref event.Ref) bool { return ref.Field == event.SyscallName.ID() }) {
			return
		}
		switch {
		case p.Op == expr.OpExists || p.Op == expr.OpNull:
		case p.Op == expr.OpEq && p.Term == nil && p.Field.Field == event.SyscallName.ID():
			out = append(out, p.Text)
		default:
			pattern = true
		}
	})
	if pattern {
		out = append(out, falco.Calls(r.Table)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
