package run

import (
	"slices"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// openSort keeps only the first limit rows where limit is not negative.
func (x *execution) openSort(n *plan.Sort, names *scope, limit int64) (Rows, error) {
	keys := append(slices.Clip(n.Keys), n.Tie...)
	return x.sortBy(n.In, keys, names, limit)
}

func (x *execution) sortBy(node plan.Node, keys []plan.SortKey, names *scope, limit int64) (Rows, error) {
	exprs := make([]plan.Expr, len(keys))
	for i, k := range keys {
		exprs[i] = k.Expr
	}
	in, evals, err := x.openIn(node, names, exprs...)
	if err != nil {
		return nil, err
	}
	return &sorter{list: list{step: x.step(in)}, width: len(node.Columns()), keys: keys, evals: evals, limit: limit}, nil
}

// sorter reads everything before it gives the first row. Rows that are equal
// stay in the order in which they came.
type sorter struct {
	list
	width int
	keys  []plan.SortKey
	evals []evaluator
	limit int64
	done  bool
}

func (s *sorter) Next(dst []value.Value) bool {
	if !s.done && !s.read() {
		return false
	}
	return s.list.Next(dst[:s.width])
}

// read keeps rows with their keys behind them, and where there is a limit at
// most twice as many, so that sorting out the rest costs little per row.
func (s *sorter) read() bool {
	s.done = true
	if s.limit == 0 {
		return false
	}
	const least = 1024
	t := &table{}
	row := make([]value.Value, s.width+len(s.keys))
	for s.in[0].Next(row[:s.width]) {
		for i, eval := range s.evals {
			row[s.width+i] = eval(row[:s.width])
		}
		size := rowSize(row)
		if s.stopped() || !s.hold(size) {
			return false
		}
		t.add(row)
		if s.limit > 0 && int64(len(t.rows)) >= 2*max(s.limit, least) {
			s.cut(t)
		}
	}
	if s.err = s.in[0].Err(); s.err != nil || s.failed() {
		return false
	}
	s.cut(t)
	s.rows = t.rows
	return true
}

// cut sorts, and leaves only the limit.
func (s *sorter) cut(t *table) {
	slices.SortStableFunc(t.rows, func(a, b []value.Value) int {
		return compareKeys(s.keys, a[s.width:], b[s.width:])
	})
	if s.limit < 0 || int64(len(t.rows)) <= s.limit {
		return
	}
	// The rest shares its memory with rows that stay, so these move.
	rows := t.rows[:s.limit]
	*t = table{}
	s.release()
	for _, row := range rows {
		s.hold(rowSize(row))
		t.add(row)
	}
}

// compareKeys compares the keys of two rows.
func compareKeys(keys []plan.SortKey, a, b []value.Value) int {
	for i, k := range keys {
		c := value.Order(a[i], b[i])
		if c == 0 {
			continue
		}
		x, y := a[i].Missing(), b[i].Missing()
		switch {
		case x && y:
			if !k.NullsFirst {
				c = -c
			}
		case x || y:
			if c = 1; x == k.NullsFirst {
				c = -1
			}
		case k.Desc:
			c = -c
		}
		return c
	}
	return 0
}
