package syntax

// datatable reads datatable(columns)[values].
func (p *parser) datatable() Expr {
	start := p.take().Start
	d := &DataTable{}
	d.Columns, _ = p.columnDecls()
	if p.expect("[", "before the values of the table") && p.enter() {
		for !p.tok().is("]") && p.tok().kind != tEOF {
			d.Values = append(d.Values, p.expr())
			if !p.accept(",") {
				break
			}
		}
		p.leave()
		p.expect("]", "after the values of the table")
	}
	d.Span = p.since(start)
	return d
}

// externalData reads externaldata(columns)[files] with (properties).
func (p *parser) externalData() Expr {
	t := p.take()
	for _, open := range []string{"(", "["} {
		if p.expect(open, "in externaldata") {
			p.skipTo()
			p.take()
		}
	}
	if p.tok().word("with") && p.ahead(1).is("(") {
		p.at += 2
		p.skipTo()
		p.take()
	}
	at := p.since(t.Start)
	return &OtherSource{at, t.text, p.text[at.Start:at.End]}
}
