package syntax

// Sort orders rows.
type Sort struct {
	Span
	Options []*Option
	Keys    []*SortKey
}

// Top keeps the first N rows by Keys.
type Top struct {
	Span
	Options []*Option
	N       Expr
	Keys    []*SortKey
}

// Take keeps some N rows.
type Take struct {
	Span
	N Expr
}

func (*Sort) operator() {}
func (*Top) operator()  {}
func (*Take) operator() {}

func (p *parser) sort(start int) Operator {
	o := &Sort{Options: p.options()}
	if p.expectWord("by", "after sort") {
		o.Keys = p.sortKeys()
	}
	o.Span = p.since(start)
	return o
}

func (p *parser) top(start int) Operator {
	o := &Top{Options: p.options()}
	o.N = p.expr()
	if p.expectWord("by", "after the number of rows") {
		o.Keys = p.sortKeys()
	}
	o.Span = p.since(start)
	return o
}

func (p *parser) takeOp(start int) Operator {
	p.options()
	n := p.expr()
	return &Take{p.since(start), n}
}

func (o *Sort) write(w *printer) { w.text("sort ").options(o.Options).text("by ").keys(o.Keys) }

func (o *Top) write(w *printer) {
	w.text("top ").options(o.Options).expr(o.N, 0).text(" by ").keys(o.Keys)
}

func (o *Take) write(w *printer) { w.text("take ").expr(o.N, 0) }
