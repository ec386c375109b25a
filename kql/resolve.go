package kql

import (
	"context"
	"fmt"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/value"
)

// maxList is how many values of "in (query)" become a list, which engines can
// prune by; more are kept as a table in Go.
const maxList = 10_000

// listOverhead is what a statement has for a value beside its text, at most.
const listOverhead = 40

// resolve returns the plan with the queries in its expressions replaced by
// their answers. lets are those around node, the outermost first.
func (x *execution) resolve(ctx context.Context, n plan.Node, lets []*plan.Let) (plan.Node, error) {
	inner := lets
	if l, ok := n.(*plan.Let); ok {
		in, err := x.resolve(ctx, l.In, lets)
		if err != nil {
			return nil, err
		}
		let := &plan.Let{Name: l.Name, In: in}
		if let.Body, err = x.resolve(ctx, l.Body, append(inner[:len(inner):len(inner)], let)); err != nil {
			return nil, err
		}
		return let, nil
	}
	var first error
	node := plan.Map(n, func(in plan.Node) plan.Node {
		out, err := x.resolve(ctx, in, lets)
		if err != nil {
			first = keep(first, err)
			return in
		}
		return out
	}, func(e plan.Expr) plan.Expr {
		out, err := x.expr(ctx, e, lets)
		if err != nil {
			first = keep(first, err)
			return e
		}
		return out
	})
	return node, first
}

func keep(first, err error) error {
	if first != nil {
		return first
	}
	return err
}

// expr answers the queries in an expression.
func (x *execution) expr(ctx context.Context, e plan.Expr, lets []*plan.Let) (plan.Expr, error) {
	switch e := e.(type) {
	case *plan.Call:
		args := make([]plan.Expr, len(e.Args))
		same := true
		for i, a := range e.Args {
			var err error
			if args[i], err = x.expr(ctx, a, lets); err != nil {
				return nil, err
			}
			same = same && args[i] == a
		}
		if same {
			return e, nil
		}
		return x.fold(&plan.Call{Fn: e.Fn, Args: args, Result: e.Result}), nil
	case *plan.Scalar:
		list, err := x.first(ctx, e.In, lets, 1)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return &plan.Const{Value: value.Null(e.Result)}, nil
		}
		return &plan.Const{Value: fn.Coerce(list[0], e.Result)}, nil
	case *plan.Contains:
		return x.contains(ctx, e, lets)
	}
	return e, nil
}

// fold computes a call that has become constant, so that what compares with
// it can be pruned by.
func (x *execution) fold(c *plan.Call) plan.Expr {
	args := make([]value.Value, len(c.Args))
	for i, a := range c.Args {
		k, ok := a.(*plan.Const)
		if !ok || c.Fn.Volatile {
			return c
		}
		args[i] = k.Value
	}
	f := &fn.Context{Now: x.now}
	v := c.Fn.Call(f, args, c.Result)
	if f.Err != nil {
		return c
	}
	return &plan.Const{Value: v}
}

// contains makes a list of the values of "in (query)", or a table where they
// are many.
func (x *execution) contains(ctx context.Context, e *plan.Contains, lets []*plan.Let) (plan.Expr, error) {
	of, err := x.expr(ctx, e.X, lets)
	if err != nil {
		return nil, err
	}
	list, err := x.first(ctx, e.In, lets, -1)
	if err != nil {
		return nil, err
	}
	col := e.In.Columns()[0]
	size := 0
	for _, v := range list {
		size += len(v.Text) + listOverhead
	}
	if len(list) <= maxList && (x.store == nil || size <= x.store.Dialect().MaxList()) && of.Type() == col.Type && listed(col.Type) {
		if f, ok := fn.Lookup(inName(e)); ok {
			items := make([]plan.Expr, 0, len(list)+1)
			items = append(items, of)
			for _, v := range list {
				items = append(items, &plan.Const{Value: v})
			}
			return &plan.Call{Fn: f, Args: items, Result: value.TypeBool}, nil
		}
	}
	rows := make([][]value.Value, len(list))
	for i, v := range list {
		rows[i] = []value.Value{v}
	}
	return &plan.Contains{X: of, In: &plan.Values{Cols: []plan.Column{col}, Rows: rows}, Fold: e.Fold, Not: e.Not}, nil
}

// listed reports whether a list of values of type t means the same as a
// query that gives them.
func listed(t value.Type) bool {
	switch t {
	case value.TypeString, value.TypeLong, value.TypeInt, value.TypeDatetime, value.TypeTimespan, value.TypeBool:
		return true
	}
	return false
}

func inName(e *plan.Contains) string {
	name := "in"
	if e.Not {
		name = "!in"
	}
	if e.Fold {
		name += "~"
	}
	return name
}

// first returns distinct values of the first column of a query: the first n,
// or all of them.
func (x *execution) first(ctx context.Context, in plan.Node, lets []*plan.Let, n int) ([]value.Value, error) {
	node, err := x.resolve(ctx, in, lets)
	if err != nil {
		return nil, err
	}
	for i := len(lets) - 1; i >= 0; i-- {
		node = &plan.Let{Name: lets[i].Name, In: lets[i].In, Body: node}
	}
	rows, err := x.open(ctx, node)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []value.Value
	seen := map[string]bool{}
	size, most := int64(0), x.limits.MaxBytes
	if most == 0 {
		most = run.DefaultMaxBytes
	}
	row := make([]value.Value, len(node.Columns()))
	var key []byte
	for len(out) != n && rows.Next(row) {
		if n < 0 {
			if key = row[0].AppendKey(key[:0]); seen[string(key)] || row[0].Null {
				continue
			}
			seen[string(key)] = true
		}
		out = append(out, row[0])
		if size += int64(2*row[0].Size() + 64); size > most {
			return nil, fmt.Errorf("the query inside in (…) gives too many values: more than %d MB; filter it", most>>20)
		}
	}
	return out, rows.Err()
}
