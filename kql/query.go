package kql

import (
	"math"
	"time"

	"github.com/lynceus-io/lynceus/kql/bind"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Options are what a query is compiled with. The zero value is ready for use.
type Options struct {
	// Catalog names the tables; nil means those of the store.
	Catalog bind.Catalog
	// Now is the time of the query, as now() and ago() have it; zero means
	// the time of Compile.
	Now time.Time
	// Since and Until bound the events that tables give, by their time: Since
	// inclusive, Until exclusive, zero for no bound.
	Since, Until time.Time
	// Scope limits what every table gives, whatever the query says.
	Scope scope.Scope
	// Params are values for what the query declares as query_parameters.
	Params map[string]value.Value
}

// Query is a compiled query. It may be run several times, also at once.
type Query struct {
	tree *syntax.Query
	node plan.Node
	now  int64
}

// Compile reads and binds a query. The error is syntax.Errors, which
// syntax.Describe prints with source lines: all that is wrong at once.
func Compile(text string, o Options) (*Query, error) {
	tree, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Catalog == nil {
		o.Catalog = bind.Registry()
	}
	if !o.Since.IsZero() || !o.Until.IsZero() {
		if o.Catalog, err = newWindow(o.Catalog, o.Since, o.Until); err != nil {
			return nil, err
		}
	}
	now := value.DatetimeOf(o.Now).Int
	node, err := bind.Bind(tree, bind.Options{Catalog: o.Catalog, Now: now, Params: o.Params})
	if err != nil {
		return nil, err
	}
	if node, err = o.Scope.Apply(node); err != nil {
		return nil, err
	}
	return &Query{tree: tree, node: node, now: now}, nil
}

// Plan returns the bound plan. It must not be changed.
func (q *Query) Plan() plan.Node { return q.node }

// Span returns between which times of events the tables are read, as far as engines need to: from is included, until is
// not, and zero is no bound. Queries inside expressions are left out.
func (q *Query) Span() (from, until time.Time) {
	_, stmts := sql.Split(q.node, sql.DuckDB)
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for _, s := range stmts {
		for i := range s.Scans {
			least, most = min(least, s.Scans[i].From), max(most, s.Scans[i].To)
		}
	}
	if least > math.MinInt64 && least < math.MaxInt64 {
		from = time.Unix(0, least).UTC()
	}
	if most > math.MinInt64 && most < math.MaxInt64 {
		until = time.Unix(0, most).Add(1).UTC()
	}
	return from, until
}

// Columns returns the columns of the answer.
func (q *Query) Columns() []plan.Column { return q.node.Columns() }

// Render returns what picture the query asks for, nil for none.
func (q *Query) Render() *plan.Render {
	r, _ := q.node.(*plan.Render)
	return r
}
