package syntax

import (
	"fmt"
	"strings"
)

// Format writes a tree as text that parses to the same tree.
func Format(n Node) string {
	w := &printer{}
	n.write(w)
	return w.b.String()
}

type printer struct{ b strings.Builder }

func (w *printer) text(s string) *printer {
	w.b.WriteString(s)
	return w
}

// comma writes the comma before the i-th of several.
func (w *printer) comma(i int) *printer {
	if i > 0 {
		w.text(", ")
	}
	return w
}

// keywords are names that must be written ['...'] to be taken as names.
var keywords = func() map[string]bool {
	out := map[string]bool{"dynamic": true, "typeof": true, "datatable": true, "externaldata": true, "external_data": true,
		"and": true, "or": true, "by": true, "on": true, "with": true, "to": true, "from": true, "step": true, "as": true, "asc": true, "desc": true, "nulls": true,
		"limit": true, "let": true, "set": true, "declare": true, "alias": true, "restrict": true, "hint": true, "kind": true, "flags": true,
		"withsource": true, "with_source": true, "isfuzzy": true, "bagexpansion": true, "with_itemindex": true, "between": true, "matches": true, "view": true,
		"find": true, "evaluate": true, "granny": true}
	for _, m := range []map[string]bool{typed, booleans} {
		for n := range m {
			out[n] = true
		}
	}
	for _, names := range [][]string{textOperators, lists, OperatorNames()} {
		for _, n := range names {
			out[n], out["not"+n] = true, true
		}
	}
	return out
}()

// name writes an identifier, bare where it can be.
func (w *printer) name(s string) *printer {
	toks := lex(s, &Reporter{Text: s})
	if len(toks) == 2 && toks[0].kind == tName && toks[0].text == s && toks[0].End == len(s) && s[0] != '!' && !strings.HasSuffix(s, "~") && !keywords[s] && isASCII(s) {
		return w.text(s)
	}
	return w.text("[").quoted(s).text("]")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// quoted writes a string literal.
func (w *printer) quoted(s string) *printer {
	w.b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			w.b.WriteByte('\\')
			w.b.WriteByte(c)
		case c == '\n':
			w.text(`\n`)
		case c == '\r':
			w.text(`\r`)
		case c == '\t':
			w.text(`\t`)
		case c < ' ':
			fmt.Fprintf(&w.b, `\x%02x`, c)
		default:
			w.b.WriteByte(c)
		}
	}
	w.b.WriteByte('"')
	return w
}

// list writes expressions with commas between them.
func (w *printer) list(xs []Expr) *printer {
	for i, x := range xs {
		w.comma(i).expr(x, 1)
	}
	return w
}

func (w *printer) named(items []*NamedExpr) *printer {
	for i, e := range items {
		w.comma(i)
		e.write(w)
	}
	return w
}

func (w *printer) keys(keys []*SortKey) *printer {
	for i, k := range keys {
		w.comma(i)
		k.write(w)
	}
	return w
}

func (w *printer) options(os []*Option) *printer {
	for _, o := range os {
		o.write(w)
		w.text(" ")
	}
	return w
}

func (w *printer) columns(cs []*ColumnDecl) *printer {
	for i, c := range cs {
		w.comma(i)
		c.write(w)
	}
	return w
}

func (o *Option) write(w *printer) {
	w.text(o.Name + "=")
	if o.Value != nil {
		w.expr(o.Value, precUnary)
	}
}

func (e *NamedExpr) write(w *printer) {
	switch len(e.Names) {
	case 0:
	case 1:
		w.name(e.Names[0].Text).text(" = ")
	default:
		w.text("(")
		for i, n := range e.Names {
			w.comma(i).name(n.Text)
		}
		w.text(") = ")
	}
	w.expr(e.X, 1)
}

func (k *SortKey) write(w *printer) {
	w.expr(k.X, 1)
	if k.Order != "" {
		w.text(" " + k.Order)
	}
	if k.Nulls != "" {
		w.text(" nulls " + k.Nulls)
	}
}

func (c *ColumnDecl) write(w *printer) { w.name(c.Name.Text).text(":" + c.Type) }
