package run

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

func (x *execution) openJoin(n *plan.Join, names *scope) (Rows, error) {
	left, leftKeys, err := x.openIn(n.Left, names, n.LeftKeys...)
	if err != nil {
		return nil, err
	}
	right, rightKeys, err := x.openIn(n.Right, names, n.RightKeys...)
	if err != nil {
		left.Close()
		return nil, err
	}
	j := &join{step: x.step(left, right), plan: n,
		left:  side{in: left, keys: leftKeys, cols: n.Left.Columns(), out: n.LeftOut},
		right: side{in: right, keys: rightKeys, cols: n.Right.Columns(), out: n.RightOut, at: len(n.LeftOut)}}
	j.row = make([]value.Value, max(len(j.left.cols), len(j.right.cols)))
	switch n.Kind {
	case plan.JoinLeftsemi, plan.JoinLeftanti:
		return j.semi(&j.left, &j.right, n.Kind == plan.JoinLeftanti), nil
	case plan.JoinRightsemi, plan.JoinRightanti:
		return j.semi(&j.right, &j.left, n.Kind == plan.JoinRightanti), nil
	}
	exprs := make([]plan.Expr, len(n.Tie))
	for i, k := range n.Tie {
		exprs[i] = k.Expr
	}
	if j.tie, err = x.compileAll(exprs, names); err != nil {
		j.Close()
		return nil, err
	}
	return j, nil
}

// side is one input of a join.
type side struct {
	in   Rows
	keys []evaluator
	cols []plan.Column
	out  []int // columns that go into the output, from at on
	at   int
	key  []byte
}

// encode returns the key of a row; nil where a part of it is null.
func (s *side) encode(row []value.Value) []byte {
	s.key = s.key[:0]
	for _, eval := range s.keys {
		v := eval(row).Unwrap()
		if v.Null {
			return nil
		}
		s.key = v.AppendKey(s.key)
	}
	s.key = append(s.key, '.')
	return s.key
}

// put writes the side's columns of row into dst; nulls where row is nil.
func (s *side) put(dst, row []value.Value) {
	for i, c := range s.out {
		if row == nil {
			dst[s.at+i] = value.Null(s.cols[c].Type)
		} else {
			dst[s.at+i] = row[c]
		}
	}
}

// match is the rows of the right side with one key.
type match struct {
	rows [][]value.Value
	met  bool
}

// join is every kind but the semi and anti joins: it keeps the right side by
// key and passes the left side through.
type join struct {
	step
	plan        *plan.Join
	left, right side
	tie         []evaluator
	row         []value.Value // of the left side
	index       map[string]*match
	alone       [][]value.Value // rows of the right side that have no key
	firsts      Rows            // the left side of an innerunique join
	found       [][]value.Value // what the row at hand still has to meet
	rest        []*match        // of the right side, in order
	restRows    [][]value.Value
	ended       bool
}

func (j *join) Next(dst []value.Value) bool {
	if j.index == nil && !j.build() {
		return false
	}
	for !j.stopped() {
		if len(j.found) > 0 {
			j.left.put(dst, j.row)
			j.right.put(dst, j.found[0])
			j.found = j.found[1:]
			return true
		}
		if j.ended {
			return j.nextRest(dst)
		}
		if !j.firsts.Next(j.row[:len(j.left.cols)]) {
			if j.err = j.firsts.Err(); j.err != nil {
				return false
			}
			j.ended = true
			if j.plan.Kind == plan.JoinRightouter || j.plan.Kind == plan.JoinFullouter {
				j.restRows = j.alone
			} else {
				j.rest = nil
			}
			continue
		}
		m := j.index[string(j.left.encode(j.row))]
		switch {
		case m != nil:
			m.met = true
			j.found = m.rows
		case j.plan.Kind == plan.JoinLeftouter || j.plan.Kind == plan.JoinFullouter:
			j.left.put(dst, j.row)
			j.right.put(dst, nil)
			return true
		}
	}
	return false
}

// nextRest gives the rows of the right side that met none.
func (j *join) nextRest(dst []value.Value) bool {
	for len(j.restRows) == 0 {
		if len(j.rest) == 0 {
			return false
		}
		if !j.rest[0].met {
			j.restRows = j.rest[0].rows
		}
		j.rest = j.rest[1:]
	}
	j.left.put(dst, nil)
	j.right.put(dst, j.restRows[0])
	j.restRows = j.restRows[1:]
	return true
}

// build reads the right side, and of an innerunique join the left one, too.
func (j *join) build() bool {
	j.index = map[string]*match{}
	t := &table{}
	row := make([]value.Value, len(j.right.cols))
	for j.right.in.Next(row) {
		key := j.right.encode(row)
		if j.stopped() || !j.hold(rowSize(row)+int64(len(key))) {
			return false
		}
		kept := t.add(row)
		if key == nil {
			j.alone = append(j.alone, kept)
			continue
		}
		m := j.index[string(key)]
		if m == nil {
			m = &match{}
			j.index[string(key)] = m
			j.rest = append(j.rest, m)
		}
		m.rows = append(m.rows, kept)
	}
	if j.err = j.right.in.Err(); j.failed() {
		return false
	}
	j.firsts = j.left.in
	return j.plan.Kind != plan.JoinInnerunique || j.unique()
}

// unique keeps one row for each key of the left side: the least by Tie.
func (j *join) unique() bool {
	type first struct{ row, tie []value.Value }
	width := len(j.left.cols)
	index := map[string]int{}
	var firsts []first
	tie := make([]value.Value, len(j.tie))
	for j.left.in.Next(j.row[:width]) {
		key := j.left.encode(j.row)
		if j.stopped() {
			return false
		}
		if key == nil || j.index[string(key)] == nil {
			continue // meets no row
		}
		for i, eval := range j.tie {
			tie[i] = eval(j.row)
		}
		i, known := index[string(key)]
		if known && compareKeys(j.plan.Tie, tie, firsts[i].tie) >= 0 {
			continue
		}
		f := first{append([]value.Value(nil), j.row[:width]...), append([]value.Value(nil), tie...)}
		if known {
			firsts[i] = f
			continue
		}
		if !j.hold(rowSize(f.row) + rowSize(f.tie) + int64(len(key)+entrySize)) {
			return false
		}
		index[string(key)] = len(firsts)
		firsts = append(firsts, f)
	}
	if j.err = j.left.in.Err(); j.failed() {
		return false
	}
	rows := make([][]value.Value, len(firsts))
	for i, f := range firsts {
		rows[i] = f.row
	}
	j.firsts = &list{step: j.execution.step(), rows: rows}
	return true
}
