// Package sql writes bound queries as SQL for the engines of the stores, and
// runs what they cannot express in Go.
//
// A plan is split: the largest subtrees that an engine can answer become
// statements, each replaced by a plan.Remote, and the rest is interpreted by
// package run over the rows that come back. So every query of the language
// has one meaning, whichever engine holds the rows.
package sql

import (
	"context"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/run"
)

// Dialect is a kind of SQL.
type Dialect uint8

// The dialects.
const (
	DuckDB Dialect = iota + 1
	ClickHouse
)

// Backend is an engine that holds the tables.
type Backend interface {
	Dialect() Dialect
	// Query runs one statement. Rows must be closed. A query that the engine
	// ended at a limit of its own ends with a *LimitError.
	Query(ctx context.Context, s *Statement) (run.Rows, error)
}

// Statement is a query for one engine.
type Statement struct {
	// Text is the SQL. Where a table is read it has the placeholder
	// {{scan N}}, N an index of Scans, which the engine replaces by something
	// that can stand after FROM and has the table's columns by their stored
	// names (event.Field.Column), unaliased.
	Text  string
	Scans []Scan
	Cols  []plan.Column
}

// Scan says what a statement needs of a table, so that the engine can leave
// out what cannot matter. All of it is advice: rows that do not satisfy it
// may come, since Text tests everything again.
type Scan struct {
	Table   event.Class
	Columns []string // stored columns that are read
	// From and To bound the field time: nanoseconds since 1970, both
	// inclusive; math.MinInt64 and math.MaxInt64 where there is no bound.
	From, To int64
	// Equal are conditions of which all must hold.
	Equal []Equal
	// Contains are conditions of which all must hold.
	Contains []Contains
	// Newest is not 0 when only that many rows are wanted, the latest by
	// time.
	Newest int64
}

// Equal says that the column has one of Values (any one of them). Where Fold
// is set, upper and lower case do not matter and Values are in lower case.
type Equal struct {
	Column string
	Values []string
	Fold   bool
}

// Contains says that the column's text contains Text, which is in lower case:
// upper and lower case do not matter here, even where the query tells them
// apart.
type Contains struct {
	Column string
	Text   string
}
