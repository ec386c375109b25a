package run

import (
	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

func (x *execution) openSummarize(n *plan.Summarize, names *scope) (Rows, error) {
	in, by, err := x.openIn(n.In, names, n.By...)
	if err != nil {
		return nil, err
	}
	s := &summarize{step: x.step(in), cols: n.Cols, by: by, width: len(n.In.Columns()), aggs: make([]aggregate, len(n.Aggs))}
	for i, a := range n.Aggs {
		exprs := append(append([]plan.Expr{}, a.Args...), a.Tie...)
		evals, err := x.compileAll(exprs, names)
		if err != nil {
			in.Close()
			return nil, err
		}
		args := make([]fn.Arg, len(exprs))
		for j, e := range exprs {
			args[j] = fn.Arg{Type: e.Type()}
			if c, ok := e.(*plan.Const); ok {
				args[j].Const = &c.Value
			}
		}
		s.aggs[i] = aggregate{fn: a.Fn, evals: evals, args: args, row: make([]value.Value, len(exprs))}
	}
	return s, nil
}

// aggregate is one output column.
type aggregate struct {
	fn    *fn.Agg
	evals []evaluator
	args  []fn.Arg
	row   []value.Value // arguments of the row at hand
}

// summarize gathers groups, and gives them in the order of their first rows.
type summarize struct {
	step
	cols   []plan.Column
	by     []evaluator
	aggs   []aggregate
	width  int
	groups []*group
	next   int
	done   bool
}

type group struct {
	by    []value.Value
	accs  []fn.Accumulator
	sizes int // of the accumulators, as last seen
}

func (s *summarize) Next(dst []value.Value) bool {
	if !s.done && !s.read() || s.stopped() || s.next >= len(s.groups) {
		return false
	}
	g := s.groups[s.next]
	s.groups[s.next] = nil
	s.next++
	copy(dst, g.by)
	for i, acc := range g.accs {
		at := len(g.by) + i
		dst[at] = coerce(acc.Result(), s.cols[at].Type)
	}
	return true
}

func (s *summarize) read() bool {
	s.done = true
	index := map[string]*group{}
	if len(s.by) == 0 {
		s.groups = append(s.groups, s.newGroup(nil))
	}
	row, key, by := make([]value.Value, s.width), []byte{}, make([]value.Value, len(s.by))
	for s.in[0].Next(row) {
		if s.stopped() {
			return false
		}
		var g *group
		if len(s.by) == 0 {
			g = s.groups[0]
		} else {
			key = key[:0]
			for i, eval := range s.by {
				by[i] = coerce(eval(row), s.cols[i].Type)
				key = by[i].AppendKey(key)
			}
			if g = index[string(key)]; g == nil {
				g = s.newGroup(by)
				index[string(key)] = g
				s.groups = append(s.groups, g)
				if !s.hold(rowSize(by) + int64(len(key)+entrySize+g.sizes)) {
					return false
				}
			}
		}
		if !s.add(g, row) {
			return false
		}
	}
	s.err = s.in[0].Err()
	return !s.failed()
}

func (s *summarize) newGroup(by []value.Value) *group {
	g := &group{by: append([]value.Value(nil), by...), accs: make([]fn.Accumulator, len(s.aggs))}
	for i, a := range s.aggs {
		g.accs[i] = a.fn.New(a.args)
		g.sizes += g.accs[i].Size()
	}
	return g
}

// add gives the row to the accumulators and takes the memory they grew by.
func (s *summarize) add(g *group, row []value.Value) bool {
	size := 0
	for i := range s.aggs {
		a := &s.aggs[i]
		for j, eval := range a.evals {
			a.row[j] = eval(row)
		}
		g.accs[i].Add(a.row)
		size += g.accs[i].Size()
	}
	grown := size - g.sizes
	g.sizes = size
	return grown == 0 || s.hold(int64(grown))
}
