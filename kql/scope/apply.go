package scope

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Apply returns the plan with each reading of a table limited to what is in
// scope, those in queries inside expressions too. A table that does not say of
// which cluster or namespace its rows are gives none of them. The plan that
// was given is not changed.
func (s Scope) Apply(n plan.Node) (plan.Node, error) {
	if s.All() {
		return n, nil
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	a := &applier{scope: s, done: map[*plan.Scan]plan.Node{}}
	n = a.node(n)
	return n, a.err
}

// applier limits one plan. A scan that stands at several places of it is
// limited once, so that it stays one.
type applier struct {
	scope Scope
	done  map[*plan.Scan]plan.Node
	err   error
}

func (a *applier) node(n plan.Node) plan.Node {
	if scan, ok := n.(*plan.Scan); ok {
		limited, ok := a.done[scan]
		if !ok {
			limited = &plan.Where{In: scan, Cond: a.condition(scan)}
			a.done[scan] = limited
		}
		return limited
	}
	return plan.Map(n, a.node, a.expr)
}

func (a *applier) expr(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Call:
		args := make([]plan.Expr, len(e.Args))
		for i, arg := range e.Args {
			args[i] = a.expr(arg)
		}
		return &plan.Call{Fn: e.Fn, Args: args, Result: e.Result}
	case *plan.Scalar:
		return &plan.Scalar{In: a.node(e.In), Result: e.Result}
	case *plan.Contains:
		return &plan.Contains{X: a.expr(e.X), In: a.node(e.In), Fold: e.Fold, Not: e.Not}
	}
	return e
}

// condition is true for the rows of a table that are in scope.
func (a *applier) condition(s *plan.Scan) plan.Expr {
	var all []plan.Expr
	if len(a.scope.Clusters) > 0 {
		all = append(all, a.named(s, event.K8sCluster.ID(), a.scope.Clusters))
	}
	switch {
	case len(a.scope.Namespaces) == 0:
	case s.Table == event.ClassIncident:
		all = append(all, a.onlyNamed(s, event.FindingInfoNamespaces.ID(), a.scope.Namespaces))
	default:
		all = append(all, a.named(s, event.K8sNamespace.ID(), a.scope.Namespaces))
	}
	return a.join("and", all)
}

// named is true where a column has one of the names.
func (a *applier) named(s *plan.Scan, field event.FieldID, names []string) plan.Expr {
	col := column(s, field)
	if col == nil {
		return &plan.Const{Value: value.Bool(false)}
	}
	var any []plan.Expr
	exact := []plan.Expr{col}
	for _, name := range names {
		if stem, ok := strings.CutSuffix(name, "*"); ok {
			any = append(any, a.call("startswith_cs", col, text(stem)))
		} else {
			exact = append(exact, text(name))
		}
	}
	if len(exact) > 1 {
		any = append(any, a.call("in", exact...))
	}
	return a.join("or", any)
}

// onlyNamed is true where a column that lists names, a space between them, has
// at least one and has none but those.
func (a *applier) onlyNamed(s *plan.Scan, field event.FieldID, names []string) plan.Expr {
	col := column(s, field)
	if col == nil {
		return &plan.Const{Value: value.Bool(false)}
	}
	forms := make([]string, len(names))
	for i, name := range names {
		stem, more := strings.CutSuffix(name, "*")
		forms[i] = regexp.QuoteMeta(stem)
		if more {
			forms[i] += "[^ ]*"
		}
	}
	one := "(?:" + strings.Join(forms, "|") + ")"
	return a.call("matches regex", col, text("^"+one+"(?: "+one+")*$"))
}

// column refers to the column of a field; nil where the table has none.
func column(s *plan.Scan, field event.FieldID) plan.Expr {
	for i, f := range s.Fields {
		if f.ID == field {
			return &plan.Col{Index: i, Of: s.Cols[i]}
		}
	}
	return nil
}

func text(s string) plan.Expr { return &plan.Const{Value: value.String(s)} }

func (a *applier) join(op string, list []plan.Expr) plan.Expr {
	if len(list) == 1 {
		return list[0]
	}
	return a.call(op, list...)
}

// call makes a call of a function that gives true or false.
func (a *applier) call(name string, args ...plan.Expr) plan.Expr {
	f, ok := fn.Lookup(name)
	if !ok {
		a.err = fmt.Errorf("limit to %s: the operator %s is missing", a.scope, name)
		return &plan.Const{Value: value.Bool(false)}
	}
	return &plan.Call{Fn: f, Args: args, Result: value.TypeBool}
}
