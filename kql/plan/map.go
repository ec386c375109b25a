package plan

// Map returns a copy of n with its inputs and its expressions replaced by
// what input and expr give for them. n and its slices are not changed.
func Map(n Node, input func(Node) Node, expr func(Expr) Expr) Node {
	switch n := n.(type) {
	case *Range:
		return &Range{Col: n.Col, From: expr(n.From), To: expr(n.To), Step: expr(n.Step)}
	case *Where:
		return &Where{In: input(n.In), Cond: expr(n.Cond)}
	case *Project:
		return &Project{In: input(n.In), Cols: n.Cols, Exprs: each(n.Exprs, expr)}
	case *Summarize:
		c := *n
		c.In, c.By, c.Aggs = input(n.In), each(n.By, expr), make([]Aggregate, len(n.Aggs))
		for i, a := range n.Aggs {
			a.Args, a.Tie = each(a.Args, expr), each(a.Tie, expr)
			c.Aggs[i] = a
		}
		return &c
	case *Sort:
		return &Sort{In: input(n.In), Keys: eachKey(n.Keys, expr), Tie: eachKey(n.Tie, expr)}
	case *Take:
		return &Take{In: input(n.In), N: expr(n.N), By: eachKey(n.By, expr)}
	case *Join:
		c := *n
		c.Left, c.Right = input(n.Left), input(n.Right)
		c.LeftKeys, c.RightKeys, c.Tie = each(n.LeftKeys, expr), each(n.RightKeys, expr), eachKey(n.Tie, expr)
		return &c
	case *Union:
		c := &Union{Cols: n.Cols, In: make([]Node, len(n.In))}
		for i, in := range n.In {
			c.In[i] = input(in)
		}
		return c
	case *MvExpand:
		c := *n
		c.In, c.Exprs = input(n.In), each(n.Exprs, expr)
		return &c
	case *Let:
		return &Let{Name: n.Name, In: input(n.In), Body: input(n.Body)}
	case *Render:
		return &Render{In: input(n.In), Kind: n.Kind, Properties: n.Properties}
	}
	return n
}

func each(list []Expr, f func(Expr) Expr) []Expr {
	out := make([]Expr, len(list))
	for i, e := range list {
		out[i] = f(e)
	}
	return out
}

func eachKey(keys []SortKey, f func(Expr) Expr) []SortKey {
	out := make([]SortKey, len(keys))
	for i, k := range keys {
		out[i] = k
		out[i].Expr = f(k.Expr)
	}
	return out
}
