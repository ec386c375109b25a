package syntax

// Union joins the rows of several tables: those of the pipeline, where there
// are any, and of Tables.
type Union struct {
	Span
	Options []*Option // kind, withsource, isfuzzy, hints
	Tables  []Expr    // may be *Wildcard or *Star
}

func (*Union) operator() {}

func (p *parser) union(start int) Operator {
	o := &Union{Options: p.options("kind", "withsource", "with_source", "isfuzzy")}
	o.Tables = p.tables()
	o.Options = append(o.Options, p.options("kind", "withsource", "with_source", "isfuzzy")...)
	o.Span = p.since(start)
	return o
}

// tables reads table expressions, or wildcards over the names of tables.
func (p *parser) tables() []Expr {
	var out []Expr
	for {
		t, u := p.tok(), p.ahead(1)
		if t.is("*") || t.kind == tName && u.is("*") && t.touches(u) {
			out = append(out, p.pattern("a table"))
		} else {
			out = append(out, p.postfix())
		}
		if !p.accept(",") {
			return out
		}
	}
}

func (o *Union) write(w *printer) {
	w.text("union ").options(o.Options)
	for i, t := range o.Tables {
		w.comma(i)
		w.expr(t, precPostfix)
	}
}
