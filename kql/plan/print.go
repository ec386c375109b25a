package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

// String prints a plan as an indented tree: each operator above what it
// reads. Queries inside expressions are numbered and stand below the operator
// that uses them. The same plan always prints the same.
func String(n Node) string {
	w := &treePrinter{}
	w.node(n, 0)
	return w.b.String()
}

// maxPrinted bounds how much a printed plan may take, in bytes: a plan in
// which tables are shared is larger as a tree.
const maxPrinted = 1 << 20

type treePrinter struct {
	b    strings.Builder
	subs []Node // of the operator being printed
}

func (w *treePrinter) node(n Node, depth int) {
	if w.b.Len() > maxPrinted {
		return
	}
	w.subs = nil
	line := w.line(n)
	subs := w.subs
	indent := strings.Repeat("  ", depth)
	w.b.WriteString(indent + line + "\n")
	for i, s := range subs {
		fmt.Fprintf(&w.b, "%s  query %d:\n", indent, i+1)
		w.node(s, depth+2)
	}
	for _, in := range n.Inputs() {
		w.node(in, depth+1)
	}
}

// line describes one operator.
func (w *treePrinter) line(n Node) string {
	switch n := n.(type) {
	case *Scan:
		return fmt.Sprintf("scan %s (%d columns)", n.Table, len(n.Cols))
	case *Values:
		return fmt.Sprintf("values %s (%d rows)", columns(n.Cols), len(n.Rows))
	case *Range:
		return fmt.Sprintf("range %s from %s to %s step %s", columns([]Column{n.Col}), w.expr(n.From), w.expr(n.To), w.expr(n.Step))
	case *Where:
		return "where " + w.expr(n.Cond)
	case *Project:
		return "project " + w.outputs(n)
	case *Summarize:
		return w.summarize(n)
	case *Sort:
		return "sort " + w.keys(n.Keys) + "; ties " + w.keys(n.Tie)
	case *Take:
		if len(n.By) == 0 {
			return "take " + w.expr(n.N)
		}
		return "take " + w.expr(n.N) + " by " + w.keys(n.By)
	case *Join:
		return w.join(n)
	case *Union:
		return "union " + columns(n.Cols)
	case *MvExpand:
		return w.expand(n)
	case *Let:
		return "let " + n.Name
	case *Shared:
		return "shared " + n.Name
	case *Remote:
		return fmt.Sprintf("remote %d %s", n.ID, columns(n.Cols))
	case *Render:
		return "render " + n.Kind + properties(n.Properties)
	}
	return fmt.Sprintf("%T", n)
}

// outputs lists what a projection computes; columns that pass as they are, by
// their names alone.
func (w *treePrinter) outputs(n *Project) string {
	var out []string
	passed, empty := 0, 0
	for i, e := range n.Exprs {
		if c, ok := e.(*Const); ok && (c.Value.Null || c.Value == value.String("")) {
			if empty++; empty > maxColumns {
				continue
			}
		}
		if c, ok := e.(*Col); !ok || c.Of.Name != n.Cols[i].Name {
			out = append(out, ColumnName(n.Cols[i].Name)+" = "+w.expr(e))
			continue
		}
		if passed++; passed <= maxColumns {
			out = append(out, ColumnName(n.Cols[i].Name))
		}
	}
	return strings.Join(out, ", ") + more(passed, "as they are") + more(empty, "empty")
}

// maxColumns is how many columns are listed that pass an operator as they
// are.
const maxColumns = 8

// more says how many of n columns are not listed, and what they are.
func more(n int, what string) string {
	if n <= maxColumns {
		return ""
	}
	return fmt.Sprintf(", and %d more %s", n-maxColumns, what)
}

func (w *treePrinter) summarize(n *Summarize) string {
	var aggs, by []string
	for i, a := range n.Aggs {
		s := ColumnName(n.Cols[len(n.By)+i].Name) + " = " + a.Fn.Name + "(" + w.exprs(a.Args) + ")"
		if len(a.Tie) > 0 {
			s += " ties (" + w.exprs(a.Tie) + ")"
		}
		aggs = append(aggs, s)
	}
	for i, e := range n.By {
		s := w.expr(e)
		if name := ColumnName(n.Cols[i].Name); name != s {
			s = name + " = " + s
		}
		by = append(by, s)
	}
	s := "summarize"
	if len(aggs) > 0 {
		s += " " + strings.Join(aggs, ", ")
	}
	if len(by) > 0 {
		s += " by " + strings.Join(by, ", ")
	}
	return s
}

func (w *treePrinter) join(n *Join) string {
	keys := make([]string, len(n.LeftKeys))
	for i := range n.LeftKeys {
		keys[i] = w.expr(n.LeftKeys[i]) + " == " + w.expr(n.RightKeys[i])
	}
	s := "join " + n.Kind.String() + " on " + strings.Join(keys, " and ") + " to " + columns(n.Cols)
	if len(n.Tie) > 0 {
		s += "; ties " + w.keys(n.Tie)
	}
	return s
}

func (w *treePrinter) expand(n *MvExpand) string {
	items := make([]string, len(n.Exprs))
	for i, e := range n.Exprs {
		items[i] = ColumnName(n.Cols[n.Out[i]].Name) + " = " + w.expr(e)
	}
	s := "mv-expand " + strings.Join(items, ", ")
	if n.Index >= 0 {
		s += " index " + ColumnName(n.Cols[n.Index].Name)
	}
	if n.Limit > 0 {
		s += fmt.Sprintf(" limit %d", n.Limit)
	}
	return s
}

func (w *treePrinter) keys(ks []SortKey) string {
	out := make([]string, len(ks))
	for i, k := range ks {
		out[i] = w.expr(k.Expr) + " asc"
		if k.Desc {
			out[i] = w.expr(k.Expr) + " desc"
		}
		if k.NullsFirst == k.Desc { // not where nulls are by themselves
			out[i] += map[bool]string{true: " nulls first", false: " nulls last"}[k.NullsFirst]
		}
	}
	return strings.Join(out, ", ")
}

func (w *treePrinter) exprs(es []Expr) string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = w.expr(e)
	}
	return strings.Join(out, ", ")
}

func columns(cs []Column) string {
	out := make([]string, min(len(cs), maxColumns))
	for i := range out {
		out[i] = ColumnName(cs[i].Name) + ":" + cs[i].Type.String()
	}
	if len(cs) > maxColumns {
		out = append(out, fmt.Sprintf("and %d more", len(cs)-maxColumns))
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func properties(m map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(m)) {
		b.WriteString(" " + k + "=" + string(value.AppendQuoted(nil, m[k])))
	}
	return b.String()
}

var joinNames = [...]string{JoinInnerunique: "innerunique", JoinInner: "inner", JoinLeftouter: "leftouter", JoinRightouter: "rightouter", JoinFullouter: "fullouter",
	JoinLeftsemi: "leftsemi", JoinRightsemi: "rightsemi", JoinLeftanti: "leftanti", JoinRightanti: "rightanti"}

// String returns the kind's name in the language.
func (k JoinKind) String() string {
	if int(k) >= len(joinNames) {
		return "unknown"
	}
	return joinNames[k]
}
