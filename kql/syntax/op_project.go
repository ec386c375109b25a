package syntax

// Project makes the columns of Items, and no others.
type Project struct {
	Span
	Items []*NamedExpr
}

// Extend adds the columns of Items.
type Extend struct {
	Span
	Items []*NamedExpr
}

// ProjectAway leaves out the columns that match a pattern; with Keep, all
// others.
type ProjectAway struct {
	Span
	Keep     bool
	Patterns []Expr // *Name, *Wildcard or *Star
}

// ProjectRename gives columns new names.
type ProjectRename struct {
	Span
	Items []*NamedExpr
}

// ProjectReorder moves columns to the front.
type ProjectReorder struct {
	Span
	Items []*ReorderItem
}

// ReorderItem is a pattern; Order says how the columns that match it are
// sorted by name: "asc", "desc", "granny-asc", "granny-desc" or "" (as they
// are).
type ReorderItem struct {
	Span
	Pattern Expr
	Order   string
}

// Serialize fixes the order of rows, and adds the columns of Items.
type Serialize struct {
	Span
	Items []*NamedExpr
}

// Print makes one row.
type Print struct {
	Span
	Items []*NamedExpr
}

func (*Project) operator()        {}
func (*Extend) operator()         {}
func (*ProjectAway) operator()    {}
func (*ProjectRename) operator()  {}
func (*ProjectReorder) operator() {}
func (*Serialize) operator()      {}
func (*Print) operator()          {}

func (p *parser) project(start int) Operator {
	items := p.namedList()
	return &Project{p.since(start), items}
}

func (p *parser) extend(start int) Operator {
	items := p.namedList()
	return &Extend{p.since(start), items}
}

func (p *parser) print(start int) Operator {
	items := p.namedList()
	return &Print{p.since(start), items}
}

func (p *parser) serialize(start int) Operator {
	o := &Serialize{}
	p.options()
	if t := p.tok(); t.kind == tName || t.kind == tPunct && (t.is("(") || t.is("[")) {
		o.Items = p.namedList()
	}
	o.Span = p.since(start)
	return o
}

func (p *parser) projectAway(start int) Operator {
	patterns := p.patterns("a column")
	return &ProjectAway{p.since(start), false, patterns}
}

func (p *parser) projectKeep(start int) Operator {
	patterns := p.patterns("a column")
	return &ProjectAway{p.since(start), true, patterns}
}

func (p *parser) projectRename(start int) Operator {
	items := p.namedList()
	return &ProjectRename{p.since(start), items}
}

func (p *parser) projectReorder(start int) Operator {
	o := &ProjectReorder{}
	for {
		i := &ReorderItem{Span: p.tok().Span, Pattern: p.pattern("a column")}
		switch t := p.tok(); {
		case t.word("asc"), t.word("desc"):
			i.Order = p.take().text
		case t.word("granny"):
			i.Order = p.operatorName()
		}
		i.Span = p.since(i.Start)
		o.Items = append(o.Items, i)
		if !p.accept(",") {
			break
		}
	}
	o.Span = p.since(start)
	return o
}

func (o *Project) write(w *printer)   { w.text("project ").named(o.Items) }
func (o *Extend) write(w *printer)    { w.text("extend ").named(o.Items) }
func (o *Print) write(w *printer)     { w.text("print ").named(o.Items) }
func (o *Serialize) write(w *printer) { w.text("serialize ").named(o.Items) }

func (o *ProjectAway) write(w *printer) {
	if o.Keep {
		w.text("project-keep ").list(o.Patterns)
	} else {
		w.text("project-away ").list(o.Patterns)
	}
}

func (o *ProjectRename) write(w *printer) { w.text("project-rename ").named(o.Items) }

func (o *ProjectReorder) write(w *printer) {
	w.text("project-reorder ")
	for i, item := range o.Items {
		w.comma(i)
		item.write(w)
	}
}

func (i *ReorderItem) write(w *printer) {
	i.Pattern.write(w)
	if i.Order != "" {
		w.text(" " + i.Order)
	}
}
