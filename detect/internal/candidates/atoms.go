package candidates

import "slices"

// gather replaces the parts of f that read one column by atoms of it.
func (b *builder) gather(f *formula) *formula {
	switch f.op {
	case opPred:
		return b.atom(f)
	case opAnd, opOr:
	default:
		return f
	}
	byColumn := map[int32][]*formula{}
	var order []int32
	var kids []*formula
	for _, k := range f.kids {
		c := k.column()
		if c < 0 {
			kids = append(kids, b.gather(k))
			continue
		}
		if byColumn[c] == nil {
			order = append(order, c)
		}
		byColumn[c] = append(byColumn[c], k)
	}
	for _, c := range order {
		kids = append(kids, b.atom(join(f.op, byColumn[c])))
	}
	return join(f.op, kids)
}

// column returns the column that all of f reads, -1 where there are several.
func (f *formula) column() int32 {
	if f.op == opPred {
		return f.col
	}
	c := f.kids[0].column()
	for _, k := range f.kids[1:] {
		if c < 0 || k.column() != c {
			return -1
		}
	}
	return c
}

// atom returns the leaf that stands for a formula over one column.
func (b *builder) atom(f *formula) *formula {
	if f.op == opTrue || f.op == opFalse {
		return f
	}
	col := f.column()
	c := b.columns[col]
	id, ok := c.atoms[f.key()]
	if !ok {
		id = int32(len(c.trees))
		c.atoms[f.key()] = id
		c.trees = append(c.trees, f)
	}
	return &formula{op: opAtom, col: col, id: id}
}

// preds adds the predicates that f reads to ids.
func (f *formula) preds(ids []int32) []int32 {
	if f.op == opPred && !slices.Contains(ids, f.id) {
		return append(ids, f.id)
	}
	for _, k := range f.kids {
		ids = k.preds(ids)
	}
	return ids
}
