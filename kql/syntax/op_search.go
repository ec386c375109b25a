package syntax

// Search looks for rows in which any column, or the named one, has a text.
type Search struct {
	Span
	Options []*Option // kind
	Tables  []Expr    // names and wildcards; none means all
	Cond    Expr
}

func (*Search) operator() {}

func (p *parser) searchOp(start int) Operator {
	o := &Search{Options: p.options("kind")}
	if p.tok().word("in") && p.ahead(1).is("(") {
		p.at += 2
		o.Tables = p.patterns("a table")
		p.expect(")", "after the tables")
	}
	p.search = true
	o.Cond = p.expr()
	p.search = false
	o.Span = p.since(start)
	return o
}

func (o *Search) write(w *printer) {
	w.text("search ").options(o.Options)
	if len(o.Tables) > 0 {
		w.text("in (").list(o.Tables).text(") ")
	}
	w.expr(o.Cond, 0)
}
