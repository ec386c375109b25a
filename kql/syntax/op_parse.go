package syntax

// ParseOp takes a text apart by a pattern; with Where, rows that do not match
// are left out.
type ParseOp struct {
	Span
	Where   bool
	Options []*Option // kind, flags
	X       Expr
	Parts   []*ParsePart
}

// ParsePart is a part of the pattern of parse: a Star, a text or a column.
type ParsePart struct {
	Span
	Star   bool
	Text   *string
	Column *ColumnDecl // Type "" for string
}

func (*ParseOp) operator() {}

func (p *parser) parse(start int) Operator { return p.parseOf(start, false) }

func (p *parser) parseWhere(start int) Operator { return p.parseOf(start, true) }

func (p *parser) parseOf(start int, where bool) Operator {
	o := &ParseOp{Where: where, Options: p.options("kind", "flags")}
	o.X = p.expr()
	if p.expectWord("with", "and a pattern") {
		for part := p.parsePart(); part != nil; part = p.parsePart() {
			o.Parts = append(o.Parts, part)
		}
		if len(o.Parts) == 0 {
			p.unexpected("a pattern")
		}
	}
	o.Span = p.since(start)
	return o
}

// parsePart reads a part of a pattern, nil where there is none.
func (p *parser) parsePart() *ParsePart {
	t := p.tok()
	switch {
	case t.is("*"):
		p.at++
		return &ParsePart{Span: t.Span, Star: true}
	case t.kind == tString:
		p.at++
		return &ParsePart{Span: t.Span, Text: &t.text}
	case p.nameAhead():
		c := &ColumnDecl{Name: p.name("")}
		if p.accept(":") {
			c.Type = p.name("a type").Text
		}
		c.Span = p.since(t.Start)
		return &ParsePart{Span: c.Span, Column: c}
	}
	return nil
}

func (o *ParseOp) write(w *printer) {
	if o.Where {
		w.text("parse-where ")
	} else {
		w.text("parse ")
	}
	w.options(o.Options).expr(o.X, 0).text(" with")
	for _, part := range o.Parts {
		w.text(" ")
		part.write(w)
	}
}

func (a *ParsePart) write(w *printer) {
	switch {
	case a.Star:
		w.text("*")
	case a.Text != nil:
		w.quoted(*a.Text)
	default:
		w.name(a.Column.Name.Text)
		if a.Column.Type != "" {
			w.text(":" + a.Column.Type)
		}
	}
}
