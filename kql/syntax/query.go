package syntax

// Query is a whole text: statements, of which at most the last ones are
// expressions whose rows are the answer.
type Query struct {
	Span
	Text       string // what was parsed
	Statements []Statement
}

// Let names a value, a table or a function: Value is an expression or a
// *Func.
type Let struct {
	Span
	Name  *Name
	Value Expr
}

// Set sets an option of the request; Value is nil when none is given.
type Set struct {
	Span
	Name  *Name
	Value Expr
}

// Declare is "declare query_parameters(...)".
type Declare struct {
	Span
	Params []*Param
}

// Answer is the expression whose rows (or value) are asked for.
type Answer struct {
	Span
	X Expr
}

// OtherStatement is a statement that Lynceus does not run.
type OtherStatement struct {
	Span
	Name string // alias, restrict, declare pattern
	Text string
}

func (*Let) statement()            {}
func (*Set) statement()            {}
func (*Declare) statement()        {}
func (*Answer) statement()         {}
func (*OtherStatement) statement() {}

// Param is a parameter of a function or of a query. A tabular parameter has
// Columns, and Open when it may have others too.
type Param struct {
	Span
	Name    *Name
	Type    string // "" for a tabular one
	Columns []*ColumnDecl
	Open    bool
	Tabular bool
	Default Expr // nil for none
}

// ColumnDecl is a column and its type.
type ColumnDecl struct {
	Span
	Name *Name
	Type string
}

// Func is a function: its body is statements and an answer.
type Func struct {
	Span
	View   bool
	Params []*Param
	Body   []Statement
}

func (*Func) expr() {}
