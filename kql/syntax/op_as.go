package syntax

// As names the rows so far.
type As struct {
	Span
	Options []*Option
	Name    *Name
}

// Invoke calls a function with the rows so far as its first argument.
type Invoke struct {
	Span
	X Expr
}

func (*As) operator()     {}
func (*Invoke) operator() {}

func (p *parser) as(start int) Operator {
	o := &As{Options: p.options(), Name: p.name("a name after as")}
	o.Span = p.since(start)
	return o
}

func (p *parser) invoke(start int) Operator {
	x := p.postfix()
	return &Invoke{p.since(start), x}
}

func (o *As) write(w *printer)     { w.text("as ").options(o.Options).name(o.Name.Text) }
func (o *Invoke) write(w *printer) { w.text("invoke ").expr(o.X, precPostfix) }
