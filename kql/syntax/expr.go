package syntax

// Name is an identifier: a column, a table, a variable.
type Name struct {
	Span
	Text string
}

// LiteralKind is what a Literal is.
type LiteralKind uint8

// The kinds of literals. The text of most stands as it was written (without
// the name of the type and its parentheses); that of strings is unescaped.
const (
	LitString LiteralKind = iota
	LitLong
	LitReal
	LitTimespan
	LitBool
	LitNull    // null inside dynamic(...)
	LitTyped   // int(...), datetime(...), guid(...), ...: Type says which
	litInvalid // stands where an expression is missing
)

// Literal is a constant.
type Literal struct {
	Span
	Kind LiteralKind
	Type string // of LitTyped
	Text string
}

// Dynamic is dynamic(...): X is a Literal, an *Array or a *Bag.
type Dynamic struct {
	Span
	X Expr
}

// Array is a list in a dynamic literal.
type Array struct {
	Span
	Items []Expr
}

// Bag is a property bag in a dynamic literal.
type Bag struct {
	Span
	Keys  []string
	Items []Expr
}

// TypeOf is typeof(type), or typeof(column:type, ...).
type TypeOf struct {
	Span
	Type    string
	Columns []*ColumnDecl
}

// Unary is -x or +x.
type Unary struct {
	Span
	Op string
	X  Expr
}

// Binary is an operator between two expressions: arithmetic, comparison,
// string operators, "and", "or", and ":" of search.
type Binary struct {
	Span
	Op   string
	At   Span // of the operator
	X, Y Expr
}

// In is x in (...), with Op "in", "!in", "in~", "!in~", "has_any" or
// "has_all".
type In struct {
	Span
	Op    string
	At    Span
	X     Expr
	Items []Expr // may hold one tabular expression
}

// Between is x between (lo .. hi), or with Not its contrary.
type Between struct {
	Span
	Not    bool
	At     Span
	X      Expr
	Lo, Hi Expr
}

// Call is a function with its arguments.
type Call struct {
	Span
	Fn   *Name
	Args []*Arg
}

// Arg is an argument, with a name where one is given.
type Arg struct {
	Span
	Name *Name // or nil
	X    Expr
}

// Member is X.Name.
type Member struct {
	Span
	X    Expr
	Name *Name
}

// Index is X[I].
type Index struct {
	Span
	X, I Expr
}

// Star is *, where all columns are meant.
type Star struct{ Span }

// Wildcard is a name with * in it.
type Wildcard struct {
	Span
	Pattern string
}

// Pipe is a tabular expression: a source and what is done to it. Source is
// nil in a sub-query (mv-apply), and when the first operator makes its own
// rows (print, range, union, search).
type Pipe struct {
	Span
	Source Expr
	Ops    []Operator
}

// DataTable is a table written out: its values go row by row.
type DataTable struct {
	Span
	Columns []*ColumnDecl
	Values  []Expr
}

// OtherSource is a source of rows that Lynceus does not read.
type OtherSource struct {
	Span
	Name string
	Text string
}

func (*Name) expr()        {}
func (*Literal) expr()     {}
func (*Dynamic) expr()     {}
func (*Array) expr()       {}
func (*Bag) expr()         {}
func (*TypeOf) expr()      {}
func (*Unary) expr()       {}
func (*Binary) expr()      {}
func (*In) expr()          {}
func (*Between) expr()     {}
func (*Call) expr()        {}
func (*Member) expr()      {}
func (*Index) expr()       {}
func (*Star) expr()        {}
func (*Wildcard) expr()    {}
func (*Pipe) expr()        {}
func (*DataTable) expr()   {}
func (*OtherSource) expr() {}

// NamedExpr is an expression that becomes one column, or several: Names are
// what they are called where that is said.
type NamedExpr struct {
	Span
	Names []*Name
	X     Expr
}

// SortKey is an expression to sort by. Order is "asc", "desc" or, when it is
// not said, ""; Nulls is "first", "last" or "".
type SortKey struct {
	Span
	X     Expr
	Order string
	Nulls string
}

// Option is name=value after an operator's name.
type Option struct {
	Span
	Name  string // with dots: hint.strategy
	Value Expr
}
