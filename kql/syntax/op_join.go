package syntax

// Join combines rows of two tables; a lookup is a join whose right side is
// small and keeps the names of the left.
type Join struct {
	Span
	Lookup  bool
	Options []*Option // kind, hints
	Right   Expr
	On      []Expr
}

func (*Join) operator() {}

func (p *parser) join(start int) Operator { return p.joinOf(start, false) }

func (p *parser) lookup(start int) Operator { return p.joinOf(start, true) }

func (p *parser) joinOf(start int, lookup bool) Operator {
	o := &Join{Lookup: lookup, Options: p.options("kind")}
	o.Right = p.postfix()
	o.Options = append(o.Options, p.options("kind")...)
	if p.expectWord("on", "and the columns to join by") {
		for {
			o.On = append(o.On, p.expr())
			if !p.accept(",") {
				break
			}
		}
	}
	o.Span = p.since(start)
	return o
}

func (o *Join) write(w *printer) {
	if o.Lookup {
		w.text("lookup ")
	} else {
		w.text("join ")
	}
	w.options(o.Options).expr(o.Right, precPostfix).text(" on ").list(o.On)
}
