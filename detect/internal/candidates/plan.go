package candidates

import (
	"cmp"
	"slices"
)

// plan is how trees are found and evaluated. It follows from the trees and
// from how often atoms hold; the second only decides how fast it is.
type plan struct {
	code    []step
	entry   []int32 // of each tree: a step or an end
	anchors []*anchors
	free    []int32 // trees without anchors
}

// step asks for one atom and says where to go on: at another step or an end.
type step struct{ col, atom, yes, no int32 }

const (
	endTrue  = -1
	endFalse = -2
)

// anchors are the trees that are found through the atoms of one column.
type anchors struct {
	mask  []uint64 // atoms that anchor something
	from  []int32  // of each atom: where its trees start in list
	list  []int32
	pairs []anchored // while it is being built
}

type anchored struct{ atom, tree int32 }

// trees appends those anchored in the atoms that are set in bits.
func (a *anchors) trees(bits []uint64, dst []int32) []int32 {
	for w, m := range a.mask {
		for m &= bits[w]; m != 0; m &= m - 1 {
			atom := w<<6 | trailingZeros(m)
			dst = append(dst, a.list[a.from[atom]:a.from[atom+1]]...)
		}
	}
	return dst
}

// newPlan plans formulas over atoms; shares says of how many events each atom
// of each column holds, between 0 and 1.
func newPlan(columns []*column, formulas []*formula, shares [][]float64) *plan {
	p := &plan{anchors: make([]*anchors, len(columns))}
	for i, c := range columns {
		p.anchors[i] = &anchors{mask: make([]uint64, len(c.present)), from: make([]int32, len(c.atoms)+1)}
	}
	s := planner{p, shares}
	for i, f := range formulas {
		p.entry = append(p.entry, s.compile(f, endTrue, endFalse))
		atoms, cost := s.anchorsOf(f)
		if cost >= 1 {
			p.free = append(p.free, int32(i))
			continue
		}
		for _, a := range atoms {
			p.anchors[a.col].pairs = append(p.anchors[a.col].pairs, anchored{a.id, int32(i)})
		}
	}
	for _, a := range p.anchors {
		a.build()
	}
	return p
}

func (a *anchors) build() {
	slices.SortFunc(a.pairs, func(x, y anchored) int {
		return cmp.Or(cmp.Compare(x.atom, y.atom), cmp.Compare(x.tree, y.tree))
	})
	for _, p := range a.pairs {
		a.mask[p.atom>>6] |= 1 << (p.atom & 63)
		a.from[p.atom+1]++
		a.list = append(a.list, p.tree)
	}
	for i := 1; i < len(a.from); i++ {
		a.from[i] += a.from[i-1]
	}
	a.pairs = nil
}

// planner makes a plan.
type planner struct {
	p      *plan
	shares [][]float64
}

// anchorsOf returns atoms of which at least one holds whenever f does, and an
// upper bound of how often one does; 1 or more when there are none.
func (s *planner) anchorsOf(f *formula) (atoms []*formula, cost float64) {
	switch f.op {
	case opFalse:
		return nil, 0
	case opAtom:
		return []*formula{f}, s.shares[f.col][f.id]
	case opAnd:
		cost = 1
		for _, k := range f.kids {
			if a, c := s.anchorsOf(k); c < cost {
				atoms, cost = a, c
			}
		}
		return atoms, cost
	case opOr:
		for _, k := range f.kids {
			a, c := s.anchorsOf(k)
			atoms, cost = append(atoms, a...), cost+c
		}
		return atoms, cost
	}
	return nil, 1
}

// compile emits f, to go on at yes or no, and returns where it starts. What
// likely decides comes first.
func (s *planner) compile(f *formula, yes, no int32) int32 {
	switch f.op {
	case opAtom:
		s.p.code = append(s.p.code, step{f.col, f.id, yes, no})
		return int32(len(s.p.code) - 1)
	case opAnd:
		start := yes
		for _, k := range s.byShare(f.kids, true) {
			start = s.compile(k, start, no)
		}
		return start
	case opOr:
		start := no
		for _, k := range s.byShare(f.kids, false) {
			start = s.compile(k, yes, start)
		}
		return start
	case opTrue:
		return yes
	}
	return no
}

// byShare sorts by how often formulas hold, in reverse of the order in which
// they are asked.
func (s *planner) byShare(kids []*formula, often bool) []*formula {
	kids = slices.Clone(kids)
	slices.SortStableFunc(kids, func(a, b *formula) int {
		c := cmp.Compare(s.share(a), s.share(b))
		if often {
			return -c
		}
		return c
	})
	return kids
}

// share estimates how often f holds, taking its parts as independent.
func (s *planner) share(f *formula) float64 {
	p := 1.0
	switch f.op {
	case opAtom:
		return s.shares[f.col][f.id]
	case opAnd:
		for _, k := range f.kids {
			p *= s.share(k)
		}
		return p
	case opOr:
		for _, k := range f.kids {
			p *= 1 - s.share(k)
		}
		return 1 - p
	case opFalse:
		return 0
	}
	return p
}
