package syntax

// MvExpand makes rows of the elements of arrays.
type MvExpand struct {
	Span
	Options []*Option // bagexpansion, kind, with_itemindex
	Items   []*ExpandItem
	Limit   Expr // or nil
}

// MvApply runs a sub-query over the elements of arrays of each row.
type MvApply struct {
	Span
	Options []*Option
	Items   []*ExpandItem
	Limit   Expr // or nil
	On      *Pipe
}

// ExpandItem is an array to expand; To is its elements' type, or "".
type ExpandItem struct {
	Span
	Name *Name // or nil
	X    Expr
	To   string
}

func (*MvExpand) operator() {}
func (*MvApply) operator()  {}

func (p *parser) mvExpand(start int) Operator {
	o := &MvExpand{Options: p.options("bagexpansion", "kind", "with_itemindex")}
	o.Items = p.expandItems()
	if p.acceptWord("limit") {
		o.Limit = p.expr()
	}
	o.Span = p.since(start)
	return o
}

func (p *parser) mvApply(start int) Operator {
	o := &MvApply{Options: p.options("with_itemindex"), On: &Pipe{}}
	o.Items = p.expandItems()
	if p.acceptWord("limit") {
		o.Limit = p.expr()
	}
	if p.expectWord("on", "and a sub-query") && p.expect("(", "before the sub-query") {
		o.On = p.subquery()
		p.expect(")", "after the sub-query")
	}
	o.Span = p.since(start)
	return o
}

func (p *parser) expandItems() []*ExpandItem {
	var out []*ExpandItem
	for {
		start := p.tok().Start
		i := &ExpandItem{}
		if names := p.targetNames(); len(names) > 0 {
			i.Name = names[0]
		}
		i.X = p.expr()
		if p.acceptWord("to") && p.expectWord("typeof", "after to") && p.expect("(", "after typeof") {
			i.To = p.name("a type").Text
			p.expect(")", "after the type")
		}
		i.Span = p.since(start)
		out = append(out, i)
		if !p.accept(",") {
			return out
		}
	}
}

func (o *MvExpand) write(w *printer) {
	w.text("mv-expand ").options(o.Options).expand(o.Items)
	if o.Limit != nil {
		w.text(" limit ").expr(o.Limit, 0)
	}
}

func (o *MvApply) write(w *printer) {
	w.text("mv-apply ").options(o.Options).expand(o.Items)
	if o.Limit != nil {
		w.text(" limit ").expr(o.Limit, 0)
	}
	w.text(" on (")
	o.On.write(w)
	w.text(")")
}

func (w *printer) expand(items []*ExpandItem) *printer {
	for i, item := range items {
		w.comma(i)
		item.write(w)
	}
	return w
}

func (i *ExpandItem) write(w *printer) {
	if i.Name != nil {
		w.name(i.Name.Text).text(" = ")
	}
	w.expr(i.X, 0)
	if i.To != "" {
		w.text(" to typeof(" + i.To + ")")
	}
}
