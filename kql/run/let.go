package run

import (
	"fmt"

	"github.com/lynceus-io/lynceus/kql/plan"
)

// scope is the tables that a subtree can read by name: that of the innermost
// Let first.
type scope struct {
	name  string
	in    plan.Node
	outer *scope
	step  step   // holds the memory
	table *table // once it is read
}

func (x *execution) openLet(n *plan.Let, names *scope) (Rows, error) {
	inner := &scope{name: n.Name, in: n.In, outer: names, step: x.step()}
	body, err := x.open(n.Body, inner)
	if err != nil {
		return nil, err
	}
	return &let{Rows: body, scope: inner}, nil
}

// let gives back the memory of its table when the body is closed.
type let struct {
	Rows
	scope *scope
}

func (l *let) Close() error {
	err := l.Rows.Close()
	l.scope.step.release()
	l.scope.table = nil
	return err
}

// openShared reads a table into memory the first time it is wanted.
func (x *execution) openShared(n *plan.Shared, names *scope) (Rows, error) {
	for names != nil && names.name != n.Name {
		names = names.outer
	}
	if names == nil {
		return nil, fmt.Errorf("the plan reads %q, which nothing computes", n.Name)
	}
	if names.table == nil {
		in, err := x.open(names.in, names.outer)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		t, ok := names.step.keepAll(in, len(names.in.Columns()))
		if !ok {
			return nil, names.step.err
		}
		names.table = t
	}
	return &list{step: x.step(), rows: names.table.rows}, nil
}
