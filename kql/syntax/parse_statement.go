package syntax

// statements reads statements up to the end of the text, or of the body of a
// function.
func (p *parser) statements(body bool) []Statement {
	var out []Statement
	for {
		for p.accept(";") {
		}
		if p.tok().kind == tEOF || body && p.tok().is("}") {
			return out
		}
		start := p.at
		if s := p.statement(); s != nil {
			out = append(out, s)
		}
		t := p.tok()
		if t.kind == tEOF || t.is(";") || body && t.is("}") {
			continue
		}
		if !p.r.Failed() {
			p.report(t.Span, "", "expected | or ; here, found %s", p.found())
		}
		p.skipTo(";")
		if p.at == start || !p.tok().is(";") && !p.tok().is("}") || !body && p.tok().is("}") {
			p.take()
		}
	}
}

func (p *parser) statement() Statement {
	t := p.tok()
	switch {
	case t.word("let") && (p.ahead(1).kind == tName || p.ahead(1).is("[")):
		return p.let()
	case t.word("set") && (p.ahead(1).kind == tName || p.ahead(1).is("[")):
		return p.set()
	case t.word("declare") && p.ahead(1).word("query_parameters"):
		return p.declare()
	case t.word("declare") && p.ahead(1).kind == tName:
		return p.otherStatement("declare " + p.ahead(1).text)
	case t.word("alias") && p.ahead(1).kind == tName, t.word("restrict") && p.ahead(1).word("access"):
		return p.otherStatement(t.text)
	}
	x := p.tabular()
	return &Answer{x.Pos(), x}
}

func (p *parser) let() Statement {
	start := p.take().Start
	name := p.name("a name after let")
	p.expect("=", "after the name")
	return &Let{Name: name, Value: p.letValue(), Span: p.since(start)}
}

func (p *parser) letValue() Expr {
	if p.funcAhead() {
		return p.function()
	}
	return p.tabular()
}

func (p *parser) set() Statement {
	start := p.take().Start
	s := &Set{Name: p.dotted("the name of an option")}
	if p.accept("=") {
		s.Value = p.expr()
	}
	s.Span = p.since(start)
	return s
}

func (p *parser) declare() Statement {
	start := p.take().Start
	p.take()
	d := &Declare{Params: p.params()}
	d.Span = p.since(start)
	return d
}

func (p *parser) otherStatement(name string) Statement {
	start := p.tok().Start
	p.skipTo(";")
	at := p.since(start)
	return &OtherStatement{at, name, p.text[at.Start:at.End]}
}

// funcAhead reports whether a function starts here: (parameters) {body}.
func (p *parser) funcAhead() bool {
	i := p.at
	if p.toks[i].word("view") {
		i++
	}
	if !p.toks[i].is("(") {
		return false
	}
	depth := 0
	for ; i < len(p.toks); i++ {
		switch t := p.toks[i]; {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
			if depth == 0 {
				return p.toks[min(i+1, len(p.toks)-1)].is("{")
			}
		case t.is(";") || t.is("|"):
			return false
		}
	}
	return false
}

func (p *parser) function() Expr {
	start := p.tok().Start
	f := &Func{View: p.acceptWord("view")}
	if !p.enter() {
		return p.missing()
	}
	defer p.leave()
	f.Params = p.params()
	if p.expect("{", "before the body of the function") {
		f.Body = p.statements(true)
		p.expect("}", "after the body of the function")
	}
	f.Span = p.since(start)
	return f
}

// params reads (name:type=default, name:(column:type, ...), ...).
func (p *parser) params() []*Param {
	var out []*Param
	if !p.expect("(", "before the parameters") {
		return nil
	}
	for !p.tok().is(")") && p.tok().kind != tEOF {
		start := p.at
		out = append(out, p.param())
		if !p.accept(",") || p.at == start {
			break
		}
	}
	p.expect(")", "after the parameters")
	return out
}

func (p *parser) param() *Param {
	start := p.tok().Start
	a := &Param{Name: p.name("the name of a parameter")}
	if p.expect(":", "and a type after the name of a parameter") {
		if p.tok().is("(") {
			a.Tabular = true
			a.Columns, a.Open = p.columnDecls()
		} else {
			a.Type = p.name("a type").Text
		}
	}
	if p.accept("=") {
		a.Default = p.expr()
	}
	a.Span = p.since(start)
	return a
}

// columnDecls reads (name:type, ...), in which * stands for any other.
func (p *parser) columnDecls() (out []*ColumnDecl, open bool) {
	if !p.expect("(", "before the columns") {
		return nil, false
	}
	for !p.tok().is(")") && p.tok().kind != tEOF {
		start := p.tok()
		if p.accept("*") {
			open = true
		} else {
			c := &ColumnDecl{Name: p.dotted("the name of a column")}
			if p.expect(":", "and a type after the name of a column") {
				c.Type = p.name("a type").Text
			}
			c.Span = p.since(start.Start)
			out = append(out, c)
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect(")", "after the columns")
	return out, open
}
