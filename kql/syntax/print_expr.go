package syntax

import "slices"

// How tightly expressions bind; an operand that binds less is put in
// parentheses. 0 is a pipeline.
const (
	precOr = iota + 1
	precAnd
	precEquality
	precRelational
	precTextual
	precSum
	precProduct
	precUnary
	precPostfix
)

// expr writes an expression where one that binds at least as tightly as prec
// can stand without parentheses.
func (w *printer) expr(x Expr, prec int) *printer {
	if precedence(x) >= prec {
		x.write(w)
		return w
	}
	w.text("(")
	x.write(w)
	return w.text(")")
}

func precedence(x Expr) int {
	switch x := x.(type) {
	case *Pipe:
		return 0
	case *Binary:
		switch {
		case x.Op == "or":
			return precOr
		case x.Op == "and":
			return precAnd
		case slices.Contains(equality, x.Op), x.Op == ":":
			return precEquality
		case slices.Contains(relational, x.Op):
			return precRelational
		case slices.Contains(additive, x.Op):
			return precSum
		case slices.Contains(factors, x.Op):
			return precProduct
		}
		return precTextual
	case *In, *Between:
		return precEquality
	case *Unary:
		return precUnary
	}
	return precPostfix
}

func (e *Name) write(w *printer) { w.name(e.Text) }

func (e *Literal) write(w *printer) {
	switch e.Kind {
	case LitString:
		w.quoted(e.Text)
	case LitTyped:
		w.text(e.Type + "(")
		if r := (&Reporter{Text: e.Text}); len(lex(e.Text, r)) == 1 || r.Failed() {
			w.quoted(e.Text)
		} else {
			w.text(e.Text)
		}
		w.text(")")
	default:
		w.text(e.Text)
	}
}

func (e *Dynamic) write(w *printer) { w.text("dynamic(").expr(e.X, 0).text(")") }

func (e *Array) write(w *printer) { w.text("[").list(e.Items).text("]") }

func (e *Bag) write(w *printer) {
	w.text("{")
	for i, x := range e.Items {
		w.comma(i).quoted(e.Keys[i]).text(": ").expr(x, 0)
	}
	w.text("}")
}

func (e *TypeOf) write(w *printer) {
	w.text("typeof(")
	if e.Type != "" {
		w.text(e.Type)
	} else {
		w.columns(e.Columns)
	}
	w.text(")")
}

func (e *Unary) write(w *printer) { w.text(e.Op).expr(e.X, precUnary) }

func (e *Binary) write(w *printer) {
	prec := precedence(e)
	w.expr(e.X, prec).text(" "+e.Op+" ").expr(e.Y, prec+1)
}

func (e *In) write(w *printer) {
	w.expr(e.X, precEquality).text(" " + e.Op + " (").arguments(e.Items).text(")")
}

func (e *Between) write(w *printer) {
	op := " between ("
	if e.Not {
		op = " !between ("
	}
	w.expr(e.X, precEquality).text(op).expr(e.Lo, precSum).text(" .. ").expr(e.Hi, precSum).text(")")
}

// arguments writes a list in which a pipeline that stands alone needs no
// parentheses.
func (w *printer) arguments(xs []Expr) *printer {
	if len(xs) == 1 {
		return w.expr(xs[0], 0)
	}
	return w.list(xs)
}

func (e *Call) write(w *printer) {
	if _, op := operators()[e.Fn.Text]; op && e.Fn.Text != "print" && e.Fn.Text != "union" && e.Fn.Text != "search" {
		w.text(e.Fn.Text)
	} else {
		w.name(e.Fn.Text)
	}
	w.text("(")
	prec := 1
	if len(e.Args) == 1 {
		prec = 0
	}
	for i, a := range e.Args {
		w.comma(i)
		if a.Name != nil {
			w.name(a.Name.Text).text("=")
		}
		w.expr(a.X, prec)
	}
	w.text(")")
}

func (e *Member) write(w *printer) { w.base(e.X).text("." + e.Name.Text) }

func (e *Index) write(w *printer) { w.base(e.X).text("[").expr(e.I, 1).text("]") }

// base writes what a member or an index is taken of. Constants are put in
// parentheses: "1.a" is no member of 1.
func (w *printer) base(x Expr) *printer {
	if l, ok := x.(*Literal); ok && l.Kind != litInvalid {
		return w.text("(").expr(x, 0).text(")")
	}
	return w.expr(x, precPostfix)
}

func (e *Star) write(w *printer)     { w.text("*") }
func (e *Wildcard) write(w *printer) { w.text(e.Pattern) }

func (e *Pipe) write(w *printer) {
	first := true
	if e.Source != nil {
		w.expr(e.Source, 1)
		first = false
	}
	for _, op := range e.Ops {
		if !first {
			w.text(" | ")
		}
		first = false
		op.write(w)
	}
}

func (e *DataTable) write(w *printer) {
	w.text("datatable(").columns(e.Columns).text(")[").list(e.Values).text("]")
}

func (e *OtherSource) write(w *printer) { w.text(e.Text) }
