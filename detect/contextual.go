package detect

import (
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// isContextual reports whether a field's value depends on earlier events.
func isContextual(r event.Ref) bool {
	f := event.Lookup(r.Field)
	return f != nil && f.Origin == event.Contextual
}

// assume returns a tree that holds whenever n does, whatever the values of
// contextual fields; negated is whether n stands under an odd number of nots.
func assume(n expr.Node, negated bool) expr.Node {
	switch n := n.(type) {
	case *expr.And:
		return &expr.And{At: n.At, X: assumeAll(n.X, negated)}
	case *expr.Or:
		return &expr.Or{At: n.At, X: assumeAll(n.X, negated)}
	case *expr.Not:
		return &expr.Not{At: n.At, X: assume(n.X, !negated)}
	case *expr.Pred:
		if readsField(n, isContextual) {
			return &expr.Const{At: n.At, Value: !negated}
		}
	}
	return n
}

func assumeAll(nodes []expr.Node, negated bool) []expr.Node {
	out := make([]expr.Node, len(nodes))
	for i, n := range nodes {
		out[i] = assume(n, negated)
	}
	return out
}
