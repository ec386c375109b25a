// Package plan holds a query after binding: a tree of operators whose
// expressions refer to columns by position and have types. It says what a
// query means, not how it is run: package run interprets it row by row,
// package sql writes it as SQL.
package plan

import (
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Column is a column of an operator's output. Names are distinct within one
// output (upper and lower case differ).
type Column struct {
	Name string
	Type value.Type
}

// Node is an operator. The set of implementations is closed: those below.
type Node interface {
	// Columns returns the operator's output columns. Not to be changed.
	Columns() []Column
	// Inputs returns the operators it reads from, in order.
	Inputs() []Node
}

// Scan reads a table of the store. Its columns are Fields, by their registry
// names, in this order. Rows come in no order.
type Scan struct {
	Table  event.Class
	Fields []*event.Field // stored columns, and fields with a DocumentPath
	Cols   []Column
}

// Values is a table given in the query: datatable, or one row for print.
// Its rows are in order.
type Values struct {
	Cols []Column
	Rows [][]value.Value
}

// Range is the operator range: one column, from From to To by Step.
type Range struct {
	Col            Column
	From, To, Step Expr // constant when run; may hold Scalar
}

// Where keeps the rows for which Cond is true (null is not true).
type Where struct {
	In   Node
	Cond Expr
}

// Project computes the output columns, one Expr each: project, extend,
// project-away, -rename, -reorder, parse and every renaming. It keeps order.
type Project struct {
	In    Node
	Cols  []Column
	Exprs []Expr
}

// Aggregate is one output column of Summarize.
type Aggregate struct {
	Fn   *fn.Agg
	Args []Expr
	// Tie orders rows between which an aggregate may choose (arg_max,
	// arg_min, take_any): the greatest by Tie wins for arg_max, the least
	// for the others. It is (time, metadata.uid) where the input has them,
	// else every column of the input in order.
	Tie  []Expr
	Type value.Type
}

// Summarize groups rows: the output is the By columns, then the Aggs. Nulls
// are equal to each other as keys. Without By there is exactly one row.
// Distinct is a Summarize without Aggs; count one without By.
type Summarize struct {
	In   Node
	By   []Expr
	Aggs []Aggregate
	Cols []Column // len(By)+len(Aggs)
}

// SortKey orders rows by Expr.
type SortKey struct {
	Expr       Expr
	Desc       bool
	NullsFirst bool
}

// Sort orders rows. Rows that are equal by Keys stand in the order of Tie, so
// that what a Take above it keeps is the same everywhere.
type Sort struct {
	In   Node
	Keys []SortKey
	Tie  []SortKey
}

// Take keeps N rows: the first ones of a Sort, Values or Range below it (Where
// and Project may stand between), else the first by By.
type Take struct {
	In Node
	N  Expr // a long, constant when run
	By []SortKey
}

// JoinKind is a flavour of join.
type JoinKind uint8

// The kinds. Innerunique keeps one row per key of the left side first: the
// least by JoinTie.
const (
	JoinInnerunique JoinKind = iota
	JoinInner
	JoinLeftouter
	JoinRightouter
	JoinFullouter
	JoinLeftsemi
	JoinRightsemi
	JoinLeftanti
	JoinRightanti
)

// Join combines rows whose keys are equal. Null keys are equal to nothing
// but the empty string is a key like any other. The output of semi and anti
// joins has the columns of one side, of the others those of both.
type Join struct {
	Kind        JoinKind
	Left, Right Node
	// LeftKeys[i] equals RightKeys[i]; each refers to its own side.
	LeftKeys, RightKeys []Expr
	Tie                 []SortKey // of the left side, for innerunique
	Cols                []Column  // all output columns, renamed apart
	// LeftOut and RightOut say which columns of each side make Cols.
	LeftOut, RightOut []int
}

// Union is one input after another, each projected to the same Cols.
type Union struct {
	In   []Node
	Cols []Column
}

// MvExpand makes a row of each element of dynamic arrays (and a one-pair bag
// of each property). Several are expanded side by side, the shorter filled
// with null.
type MvExpand struct {
	In Node
	// Exprs are what is expanded; Out[i] is the output column that takes
	// elements of Exprs[i]. The other columns of Cols are those of In, by
	// Keep (index in In for each column of Cols, -1 for an expanded one).
	Exprs []Expr
	Out   []int
	Keep  []int
	Cols  []Column
	// Index is the column that gets the element's number, or -1.
	Index int
	Limit int64 // rows for each input row; 0 means no limit
}

// Let is a table computed once and read several times (materialize, or a
// tabular let that is used more than once); As reads it.
type Let struct {
	Name string
	In   Node // what is computed
	Body Node // reads it through Shared{Name}
}

// Shared reads what the Let of that name computed.
type Shared struct {
	Name string
	Cols []Column
}

// Remote stands for a subtree that a store answers: whoever splits a plan
// puts it where the subtree was. ID numbers the store's statements.
type Remote struct {
	ID   int
	Cols []Column
}

// Render asks for a picture. It changes no rows.
type Render struct {
	In         Node
	Kind       string            // table, timechart, barchart, columnchart, piechart, ...
	Properties map[string]string // title, xcolumn, ycolumns, ...
}

// Expr is an expression over the columns of the operator's input.
type Expr interface {
	// Type is what it gives.
	Type() value.Type
}

// Const is a constant.
type Const struct{ Value value.Value }

// Col is column Index of the input.
type Col struct {
	Index int
	Of    Column
}

// Call is a function or an operator with its arguments.
type Call struct {
	Fn     *fn.Func
	Args   []Expr
	Result value.Type
}

// Scalar is the first value of the first row of a query (toscalar), computed
// once before the query runs; null when there is no row.
type Scalar struct {
	In     Node
	Result value.Type
}

// Contains is "x in (query)": X equal to a value of the first column of In.
// Fold compares without regard to case, Not turns it round.
type Contains struct {
	X         Expr
	In        Node
	Fold, Not bool
}

// Type returns the constant's type.
func (e *Const) Type() value.Type { return e.Value.Type }

// Type returns the column's type.
func (e *Col) Type() value.Type { return e.Of.Type }

// Type returns the type of the result.
func (e *Call) Type() value.Type { return e.Result }

// Type returns the type of the value.
func (e *Scalar) Type() value.Type { return e.Result }

// Type is bool.
func (e *Contains) Type() value.Type { return value.TypeBool }
