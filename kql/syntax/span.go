package syntax

// Span is a part of the query's text, in bytes: from Start up to, not
// including, End.
type Span struct{ Start, End int }

// Pos returns the span itself: nodes embed it.
func (s Span) Pos() Span { return s }

// to returns the span from the start of s to the end of t.
func (s Span) to(t Span) Span { return Span{Start: s.Start, End: max(s.End, t.End)} }

// Node is a part of the tree.
type Node interface {
	// Pos is where it stands in the text.
	Pos() Span
	// write prints it; it also keeps the set of nodes closed.
	write(w *printer)
}

// Expr is an expression: scalar or tabular, which only the binder can tell
// apart when it is a name or a call.
type Expr interface {
	Node
	expr()
}

// Operator is a step of a pipeline, without the bar before it.
type Operator interface {
	Node
	operator()
}

// Statement is one of the parts of a query that semicolons separate.
type Statement interface {
	Node
	statement()
}
