package expr

// EachPred calls visit for each predicate of a tree, from the left to the right.
func EachPred(n Node, visit func(*Pred)) {
	switch n := n.(type) {
	case *And:
		for _, x := range n.X {
			EachPred(x, visit)
		}
	case *Or:
		for _, x := range n.X {
			EachPred(x, visit)
		}
	case *Not:
		EachPred(n.X, visit)
	case *Pred:
		visit(n)
	}
}
