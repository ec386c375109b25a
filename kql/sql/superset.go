package sql

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// superset writes a condition that holds wherever c is true, for a c that has
// no exact SQL: Go tests the rows that pass it. ok is false where there is
// none.
func (w *writer) superset(c plan.Expr, cols []expr) (sql string, ok bool) {
	call, isCall := c.(*plan.Call)
	if !isCall || len(call.Args) < 2 {
		return "", false
	}
	switch call.Fn.Name {
	case "or":
		var parts []string
		for _, a := range call.Args {
			part, ok := w.implied(a, cols)
			if !ok {
				return "", false
			}
			parts = append(parts, part)
		}
		return "(" + strings.Join(parts, " OR ") + ")", true
	case "and":
		for _, a := range call.Args {
			if part, ok := w.implied(a, cols); ok {
				return part, true
			}
		}
		return "", false
	}
	return w.present(call, cols)
}

// implied is the condition itself where it has SQL.
func (w *writer) implied(c plan.Expr, cols []expr) (string, bool) {
	if e, ok := w.compile(c, cols); ok && e.typ == value.TypeBool {
		return e.test(), true
	}
	return w.superset(c, cols)
}

// wanting are the operators that are never true of nothing, for a constant
// that is not null nor empty.
var wanting = []string{
	"==", "=~", "has", "has_cs", "contains", "contains_cs", "startswith", "startswith_cs", "endswith", "endswith_cs", "hasprefix", "hasprefix_cs",
	"hassuffix", "hassuffix_cs", "in", "in~",
}

// present writes that a value in a document or a stored list, which a condition
// asks something of, is there and has the text that it must have.
func (w *writer) present(call *plan.Call, cols []expr) (string, bool) {
	x, ok := w.operand(textOf(call.Args[0]), cols)
	items, isConst := constExprs(call.Args[1:])
	if !ok || !isConst || x.typ != value.TypeDynamic || !slices.Contains(wanting, call.Fn.Name) {
		return "", false
	}
	for _, v := range items {
		if v.Null || v.Type == value.TypeString && v.Text == "" {
			return "", false
		}
	}
	text := x.json.text
	switch {
	case len(x.json.keys) > 0:
		return "(" + x.sql + " IS NOT NULL)", true
	case x.stored != "":
		text = "coalesce(" + x.sql + ", '')"
	case text == "":
		return "", false
	}
	run := ""
	if len(items) == 1 && items[0].Type == value.TypeString && call.Fn.Name != "in" && call.Fn.Name != "in~" {
		run = unescaped(value.Fold(items[0].Text))
	}
	if run == "" {
		return "", false
	}
	return w.containsText(w.foldFor(text), run)
}

// unescaped returns the longest part of a folded text that stands as it is in
// every JSON text whose value prints it: encoders escape no ASCII letter,
// digit or blank, nor these signs. Colons at its start are left out, since
// blanks may follow one that is not in a string, and so is what a number may
// print, since it may have been written otherwise.
func unescaped(s string) string {
	best := ""
	for _, run := range strings.FieldsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune(" ._:@=-", r))
	}) {
		if run = strings.TrimLeft(run, ":"); len(run) > len(best) && !numeric(run) {
			best = run
		}
	}
	return best
}

// numeric reports whether s may be a part of how a number prints.
func numeric(s string) bool {
	return strings.Trim(s, "0123456789.e+-") == "" && strings.Count(s, ".") < 2 && strings.Count(s, "e") < 2
}
