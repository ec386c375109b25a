package plan

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

// ColumnName returns a name as queries write it: in brackets and quotation
// marks unless it is made of letters, digits, underscores and dots.
func ColumnName(s string) string {
	plain := s != ""
	for _, c := range s {
		plain = plain && (c == '_' || c == '.' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
	}
	if plain {
		return s
	}
	return "[" + string(value.AppendQuoted(nil, s)) + "]"
}

// ExprString prints an expression: operators between their operands, all else
// as calls. Queries inside are shown as "query".
func ExprString(e Expr) string { return (&treePrinter{}).expr(e) }

func (w *treePrinter) expr(e Expr) string {
	switch e := e.(type) {
	case *Const:
		return constant(e.Value)
	case *Col:
		return ColumnName(e.Of.Name)
	case *Call:
		return w.call(e)
	case *Scalar:
		return w.sub("query", e.In)
	case *Contains:
		op := "in"
		if e.Fold {
			op = "in~"
		}
		if e.Not {
			op = "!" + op
		}
		return "(" + w.expr(e.X) + " " + op + " (" + w.sub("query", e.In) + "))"
	}
	return fmt.Sprintf("%T", e)
}

// sub notes a query inside an expression, and returns what stands for it.
func (w *treePrinter) sub(name string, n Node) string {
	w.subs = append(w.subs, n)
	return fmt.Sprintf("%s %d", name, len(w.subs))
}

func (w *treePrinter) call(c *Call) string {
	name := c.Fn.Name
	switch {
	case name == "." && len(c.Args) == 2:
		return w.expr(c.Args[0]) + "[" + w.expr(c.Args[1]) + "]"
	case name == "[]" && len(c.Args) == 2:
		return w.expr(c.Args[0]) + "[" + w.expr(c.Args[1]) + "]"
	case name == "neg" && len(c.Args) == 1:
		return "-(" + w.expr(c.Args[0]) + ")"
	case strings.HasSuffix(name, "between") && len(c.Args) == 3:
		return "(" + w.expr(c.Args[0]) + " " + name + " (" + w.expr(c.Args[1]) + " .. " + w.expr(c.Args[2]) + "))"
	case listOperators[name] && len(c.Args) > 0:
		return "(" + w.expr(c.Args[0]) + " " + name + " (" + w.exprs(c.Args[1:]) + "))"
	case len(c.Args) == 2 && isOperator(name):
		return "(" + w.expr(c.Args[0]) + " " + name + " " + w.expr(c.Args[1]) + ")"
	}
	return name + "(" + w.exprs(c.Args) + ")"
}

var listOperators = map[string]bool{"in": true, "!in": true, "in~": true, "!in~": true, "has_any": true, "has_all": true}

// isOperator reports whether a function of two arguments is written between
// them.
func isOperator(name string) bool {
	if strings.Trim(name, "=!~<>+-*/%") == "" || name[0] == '!' {
		return true
	}
	switch strings.TrimSuffix(name, "_cs") {
	case "and", "or", "has", "hasprefix", "hassuffix", "contains", "startswith", "endswith", "matches regex":
		return true
	}
	return false
}

// maxConstant bounds how much of a constant is printed.
const maxConstant = 200

// constant prints a value as a literal.
func constant(v value.Value) string {
	text := v.String()
	if len(text) > maxConstant {
		text = strings.ToValidUTF8(text[:maxConstant], "") + "…"
	}
	switch {
	case v.Type == value.TypeString:
		return string(value.AppendQuoted(nil, text))
	case v.Null:
		return v.Type.String() + "(null)"
	case v.Type == value.TypeLong || v.Type == value.TypeReal || v.Type == value.TypeBool:
		return text
	}
	return v.Type.String() + "(" + text + ")"
}
