package syntax

// Render asks for a picture.
type Render struct {
	Span
	Kind  string
	Props []*RenderProp
}

// RenderProp is a property of a picture; each value is a literal or a name.
type RenderProp struct {
	Span
	Name   string
	Values []Expr
}

func (*Render) operator() {}

func (p *parser) render(start int) Operator {
	o := &Render{Kind: p.name("a kind of chart").Text}
	if p.acceptWord("with") {
		if p.expect("(", "after with") {
			o.Props = p.renderProps()
			p.expect(")", "after the properties")
		}
	} else {
		o.Props = p.renderProps()
	}
	o.Span = p.since(start)
	return o
}

func (p *parser) renderProps() []*RenderProp {
	var out []*RenderProp
	for p.tok().kind == tName && p.ahead(1).is("=") {
		n := p.take()
		p.take()
		r := &RenderProp{Name: n.text, Values: []Expr{p.renderValue()}}
		for p.tok().is(",") && !p.ahead(2).is("=") && !p.ahead(1).is(")") {
			p.take()
			r.Values = append(r.Values, p.renderValue())
		}
		r.Span = p.since(n.Start)
		out = append(out, r)
		p.accept(",")
	}
	return out
}

func (p *parser) renderValue() Expr {
	if p.nameAhead() && !booleans[p.tok().text] && !p.ahead(1).is("(") {
		return p.dotted("a value")
	}
	return p.unary()
}

func (o *Render) write(w *printer) {
	w.text("render " + o.Kind)
	if len(o.Props) == 0 {
		return
	}
	w.text(" with (")
	for i, r := range o.Props {
		w.comma(i)
		r.write(w)
	}
	w.text(")")
}

func (r *RenderProp) write(w *printer) { w.text(r.Name + "=").list(r.Values) }
