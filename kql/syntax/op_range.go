package syntax

// Range makes a column of numbers or times.
type Range struct {
	Span
	Name           *Name
	From, To, Step Expr
}

func (*Range) operator() {}

func (p *parser) rangeOp(start int) Operator {
	o := &Range{Name: p.name("a column")}
	o.From, o.To, o.Step = p.missing(), p.missing(), p.missing()
	if p.expectWord("from", "and a first value") {
		o.From = p.expr()
		if p.expectWord("to", "and a last value") {
			o.To = p.expr()
			if p.expectWord("step", "and a step") {
				o.Step = p.expr()
			}
		}
	}
	o.Span = p.since(start)
	return o
}

func (o *Range) write(w *printer) {
	w.text("range ").name(o.Name.Text).text(" from ").expr(o.From, 0).text(" to ").expr(o.To, 0).text(" step ").expr(o.Step, 0)
}
