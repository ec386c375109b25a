package syntax

// Where keeps rows for which Cond is true.
type Where struct {
	Span
	Cond Expr
}

func (*Where) operator() {}

func (p *parser) where(start int) Operator {
	p.options()
	x := p.expr()
	return &Where{p.since(start), x}
}

func (o *Where) write(w *printer) { w.text("where ").expr(o.Cond, 0) }
