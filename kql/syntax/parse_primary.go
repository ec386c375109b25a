package syntax

// postfix reads a primary expression and the members and indexes after it.
func (p *parser) postfix() Expr {
	x := p.primary()
	for n := 0; p.chain(n); n++ {
		t := p.tok()
		switch {
		case t.is(".") && p.ahead(1).is("["): // x.["name"]
			p.at++
			x = p.index(x)
		case t.is(".") && (p.ahead(1).kind == tName || p.ahead(1).kind == tLong):
			p.at++
			m := p.take()
			x = &Member{x.Pos().to(m.Span), x, &Name{m.Span, m.text}}
		case t.is("["):
			x = p.index(x)
		case t.is(".") && p.ahead(1).kind != tPunct:
			p.at++
			p.unexpected("a name after the dot")
			return x
		default:
			return x
		}
	}
	return x
}

func (p *parser) index(x Expr) Expr {
	p.take()
	if !p.enter() {
		return x
	}
	defer p.leave()
	i := p.expr()
	p.expect("]", "after the index")
	return &Index{p.since(x.Pos().Start), x, i}
}

func (p *parser) primary() Expr {
	t := p.tok()
	switch t.kind {
	case tString:
		return p.stringLiteral()
	case tLong:
		p.at++
		return &Literal{Span: t.Span, Kind: LitLong, Text: t.text}
	case tReal:
		p.at++
		return &Literal{Span: t.Span, Kind: LitReal, Text: t.text}
	case tTimespan:
		p.at++
		return &Literal{Span: t.Span, Kind: LitTimespan, Text: t.text}
	case tName:
		return p.named()
	case tMixed:
		p.report(t.Span, "", "%q is neither a number nor a timespan", t.text)
		p.at++
		return p.missing()
	}
	switch {
	case t.is("("):
		return p.parenthesized()
	case t.is("*"):
		p.at++
		return &Star{t.Span}
	case p.nameAhead():
		n := p.name("")
		if p.tok().is("(") {
			return p.call(n)
		}
		return n
	}
	p.unexpected("an expression")
	return p.missing()
}

// stringLiteral reads a string; strings side by side are one.
func (p *parser) stringLiteral() Expr {
	t := p.take()
	s := &Literal{Span: t.Span, Kind: LitString, Text: t.text}
	for p.tok().kind == tString {
		u := p.take()
		s.Text += u.text
		s.Span = s.Span.to(u.Span)
	}
	return s
}

func (p *parser) parenthesized() Expr {
	p.take()
	if !p.enter() {
		return p.missing()
	}
	defer p.leave()
	search := p.search
	x := p.tabular()
	p.search = search
	p.expect(")", "to close the parenthesis")
	return x
}

// reserved are the words that are part of the syntax around an expression,
// where an expression has obviously been forgotten.
var reserved = map[string]bool{"and": true, "or": true, "by": true}

// booleans are the ways to write true and false.
var booleans = map[string]bool{"true": true, "True": true, "TRUE": true, "false": true, "False": true, "FALSE": true}

// named reads what starts with a name: a literal, a call, a name.
func (p *parser) named() Expr {
	t := p.tok()
	opens := p.ahead(1).is("(")
	switch {
	case booleans[t.text]:
		p.at++
		return &Literal{Span: t.Span, Kind: LitBool, Text: t.text}
	case t.text == "dynamic" && opens:
		return p.dynamic()
	case t.text == "typeof" && opens:
		return p.typeOf()
	case t.text == "datatable" && opens:
		return p.datatable()
	case (t.text == "externaldata" || t.text == "external_data") && opens:
		return p.externalData()
	case opens && typed[t.text]:
		return p.typedLiteral()
	case reserved[t.text] && !opens || t.text[0] == '!':
		p.unexpected("an expression")
		if t.text[0] == '!' {
			p.at++
		}
		return p.missing()
	}
	n := p.name("")
	if opens {
		return p.call(n)
	}
	return n
}

func (p *parser) call(fn *Name) Expr {
	c := &Call{Fn: fn}
	p.take()
	if !p.enter() {
		return p.missing()
	}
	defer p.leave()
	search := p.search
	p.search = false
	for !p.tok().is(")") && p.tok().kind != tEOF {
		c.Args = append(c.Args, p.arg())
		if !p.accept(",") {
			break
		}
	}
	p.search = search
	p.expect(")", "after the arguments of "+fn.Text)
	c.Span = p.since(fn.Start)
	return c
}

func (p *parser) arg() *Arg {
	start := p.tok().Start
	a := &Arg{}
	if p.tok().kind == tName && p.ahead(1).is("=") {
		a.Name = p.name("")
		p.at++
	}
	a.X = p.tabular()
	a.Span = p.since(start)
	return a
}
