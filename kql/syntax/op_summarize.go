package syntax

// Summarize groups rows.
type Summarize struct {
	Span
	Options []*Option
	Aggs    []*NamedExpr
	By      []*NamedExpr
}

// Distinct keeps each combination of Items once.
type Distinct struct {
	Span
	Options []*Option
	Items   []*NamedExpr // one *Star for all columns
}

// Count counts rows; Name is the column's name, or nil.
type Count struct {
	Span
	Name *Name
}

func (*Summarize) operator() {}
func (*Distinct) operator()  {}
func (*Count) operator()     {}

func (p *parser) summarize(start int) Operator {
	o := &Summarize{Options: p.options()}
	if !p.tok().word("by") {
		o.Aggs = p.namedList()
	}
	if p.acceptWord("by") {
		o.By = p.namedList()
	}
	o.Span = p.since(start)
	return o
}

func (p *parser) distinct(start int) Operator {
	o := &Distinct{Options: p.options(), Items: p.namedList()}
	o.Span = p.since(start)
	return o
}

func (p *parser) count(start int) Operator {
	o := &Count{}
	if p.acceptWord("as") {
		o.Name = p.name("a name after as")
	}
	o.Span = p.since(start)
	return o
}

func (o *Summarize) write(w *printer) {
	w.text("summarize ").options(o.Options).named(o.Aggs)
	if len(o.By) > 0 {
		if len(o.Aggs) > 0 {
			w.text(" ")
		}
		w.text("by ").named(o.By)
	}
}

func (o *Distinct) write(w *printer) { w.text("distinct ").options(o.Options).named(o.Items) }

func (o *Count) write(w *printer) {
	w.text("count")
	if o.Name != nil {
		w.text(" as ").name(o.Name.Text)
	}
}
