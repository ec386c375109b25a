package need

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// environment returns texts of which one is in each variable that a condition asks for.
func environment(n expr.Node) []string {
	var out []string
	expr.EachPred(n, func(p *expr.Pred) {
		for _, ref := range p.Refs() {
			if ref.Field != event.ProcessEnvironment.ID() && ref.Field != event.ActorProcessEnvironment.ID() {
				continue
			}
			out = append(out, variableText(p, ref))
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// variableText returns a text that is in each variable for which a predicate may hold; "" for all.
func variableText(p *expr.Pred, ref event.Ref) string {
	switch {
	case ref.Path != "":
		return ref.Path + "="
	case p.Term != nil:
		return ""
	}
	switch p.Op {
	case expr.OpEq, expr.OpContains, expr.OpPrefix, expr.OpSuffix:
		return p.Text
	case expr.OpGlob:
		return longest(p.Text)
	}
	return ""
}
