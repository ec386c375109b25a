package syntax

import "strings"

// typed are the names of types before the parenthesis of a literal.
var typed = map[string]bool{
	"bool": true, "boolean": true, "int": true, "long": true, "real": true, "double": true, "decimal": true,
	"datetime": true, "date": true, "timespan": true, "time": true, "guid": true,
}

// typedLiteral reads type(text): the text is kept as it stands, without
// quotation marks around it.
func (p *parser) typedLiteral() Expr {
	name := p.take()
	open := p.take()
	l := &Literal{Kind: LitTyped, Type: name.text}
	if p.tok().kind == tString && p.ahead(1).is(")") {
		l.Text = p.take().text
	} else {
		p.skipTo()
		l.Text = strings.TrimSpace(p.text[open.End:p.tok().Start])
	}
	p.expect(")", "after the literal")
	l.Span = p.since(name.Start)
	return l
}

// dynamic reads dynamic(...).
func (p *parser) dynamic() Expr {
	start := p.take().Start
	p.take()
	d := &Dynamic{X: p.dynamicValue()}
	p.expect(")", "after the dynamic value")
	d.Span = p.since(start)
	return d
}

func (p *parser) dynamicValue() Expr {
	t := p.tok()
	switch {
	case t.is("["):
		return p.array()
	case t.is("{"):
		return p.bag()
	case t.word("null"):
		p.at++
		return &Literal{Span: t.Span, Kind: LitNull, Text: t.text}
	case t.is("-") || t.is("+"):
		p.at++
		x := p.primary()
		return &Unary{Span{t.Start, x.Pos().End}, t.text, x}
	case t.kind == tString, t.kind == tLong, t.kind == tReal, t.kind == tTimespan,
		t.kind == tName && booleans[t.text], t.word("dynamic"), t.kind == tName && typed[t.text] && p.ahead(1).is("("):
		return p.primary()
	}
	p.report(t.Span, "", "expected a constant inside dynamic(...), found %s", p.found())
	p.skipTo()
	return p.missing()
}

func (p *parser) array() Expr {
	start := p.take().Start
	a := &Array{}
	if !p.enter() {
		return p.missing()
	}
	defer p.leave()
	for !p.tok().is("]") && p.tok().kind != tEOF {
		a.Items = append(a.Items, p.dynamicValue())
		if !p.accept(",") {
			break
		}
	}
	p.expect("]", "after the array")
	a.Span = p.since(start)
	return a
}

func (p *parser) bag() Expr {
	start := p.take().Start
	b := &Bag{}
	if !p.enter() {
		return p.missing()
	}
	defer p.leave()
	for !p.tok().is("}") && p.tok().kind != tEOF {
		t := p.tok()
		if t.kind != tString && t.kind != tName {
			p.unexpected("the name of a property")
			p.skipTo()
			break
		}
		p.at++
		p.expect(":", "after the name of a property")
		b.Keys = append(b.Keys, t.text)
		b.Items = append(b.Items, p.dynamicValue())
		if !p.accept(",") {
			break
		}
	}
	p.expect("}", "after the properties")
	b.Span = p.since(start)
	return b
}

// typeOf reads typeof(type) or typeof(column:type, ...).
func (p *parser) typeOf() Expr {
	start := p.take().Start
	t := &TypeOf{}
	if p.ahead(2).is(":") || p.ahead(1).is("*") {
		t.Columns, _ = p.columnDecls()
	} else {
		p.take()
		t.Type = p.name("a type").Text
		p.expect(")", "after the type")
	}
	t.Span = p.since(start)
	return t
}
