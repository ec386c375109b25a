package detect

import (
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// contextual reports whether a tree reads fields whose values depend on
// earlier events.
func contextual(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.And:
		return anyContextual(n.X)
	case *expr.Or:
		return anyContextual(n.X)
	case *expr.Not:
		return contextual(n.X)
	case *expr.Pred:
		return isContextual(n.Field) || isContextual(n.Other)
	}
	return false
}

func anyContextual(nodes []expr.Node) bool {
	for _, n := range nodes {
		if contextual(n) {
			return true
		}
	}
	return false
}

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
		if contextual(n) {
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
