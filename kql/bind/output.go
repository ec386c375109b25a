package bind

import (
	"strconv"

	"github.com/lynceus-io/lynceus/kql/plan"
)

// output gathers the columns that an operator makes.
type output struct {
	cols  []plan.Column
	exprs []plan.Expr
	index map[string]int
	auto  int // of Column1, Column2, ...
}

func newOutput() *output { return &output{index: map[string]int{}} }

// outputOf starts with all columns of a table.
func outputOf(n plan.Node) *output {
	o := newOutput()
	for i, c := range n.Columns() {
		o.add(c.Name, &plan.Col{Index: i, Of: c})
	}
	return o
}

// add appends a column; a name that is taken gets a number.
func (o *output) add(name string, e plan.Expr) {
	name = unused(name, o.has)
	o.index[name] = len(o.cols)
	o.cols = append(o.cols, plan.Column{Name: name, Type: e.Type()})
	o.exprs = append(o.exprs, e)
}

// set puts a column in the place of the one of that name, or appends it.
func (o *output) set(name string, e plan.Expr) {
	i, ok := o.index[name]
	if !ok {
		o.add(name, e)
		return
	}
	o.cols[i].Type = e.Type()
	o.exprs[i] = e
}

func (o *output) has(name string) bool {
	_, ok := o.index[name]
	return ok
}

// unnamed returns the next of Column1, Column2, ... that is not taken.
func (o *output) unnamed() string {
	for {
		o.auto++
		if name := "Column" + strconv.Itoa(o.auto); !o.has(name) {
			return name
		}
	}
}

// unused returns name, or name with the least number that makes it free.
func unused(name string, taken func(string) bool) string {
	if !taken(name) {
		return name
	}
	for i := 1; ; i++ {
		if n := name + strconv.Itoa(i); !taken(n) {
			return n
		}
	}
}

// project makes the node that computes the columns.
func (b *binder) project(at place, in plan.Node, o *output) plan.Node {
	if !b.charge(at, 1+len(o.cols)) {
		return nil
	}
	if same(in, o) {
		return in
	}
	return &plan.Project{In: in, Cols: o.cols, Exprs: o.exprs}
}

// same reports whether the columns are just those of in.
func same(in plan.Node, o *output) bool {
	cols := in.Columns()
	if len(cols) != len(o.cols) {
		return false
	}
	for i, e := range o.exprs {
		c, ok := e.(*plan.Col)
		if !ok || c.Index != i || cols[i].Name != o.cols[i].Name {
			return false
		}
	}
	return true
}

// duplicate reports that a name was given twice.
func (b *binder) duplicate(at place, name string) {
	b.r.Report(at.Pos(), "", "the column %s is made twice", name)
}
