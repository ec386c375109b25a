package kql

import (
	"time"

	"github.com/lynceus-io/lynceus/kql/bind"
	"github.com/lynceus-io/lynceus/kql/plan"
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
	return &Query{tree: tree, node: node, now: now}, nil
}

// Plan returns the bound plan. It must not be changed.
func (q *Query) Plan() plan.Node { return q.node }

// Columns returns the columns of the answer.
func (q *Query) Columns() []plan.Column { return q.node.Columns() }

// Render returns what picture the query asks for, nil for none.
func (q *Query) Render() *plan.Render {
	r, _ := q.node.(*plan.Render)
	return r
}
