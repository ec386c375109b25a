package bind

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Catalog knows the tables.
type Catalog interface {
	// Table returns a plan that reads the table.
	Table(name string) (plan.Node, bool)
	// Names returns the names of all tables, in order.
	Names() []string
}

// DefaultMaxNodes bounds plans when Options do not: a thousand times what
// real queries need, and a few tens of megabytes.
const DefaultMaxNodes = 200_000

// Options are what a query is bound with.
type Options struct {
	Catalog Catalog
	// Now is the time of the query in ticks of 100 ns since 1970 UTC.
	Now int64
	// Params are values for "declare query_parameters".
	Params map[string]value.Value
	// MaxNodes bounds the plan: operators, expressions and columns together,
	// after everything is inlined. 0 means DefaultMaxNodes.
	MaxNodes int
}

// Bind makes the plan of a query that parsed without errors. The error is
// syntax.Errors with all that is wrong.
func Bind(q *syntax.Query, o Options) (plan.Node, error) {
	if o.MaxNodes == 0 {
		o.MaxNodes = DefaultMaxNodes
	}
	b := &binder{r: &syntax.Reporter{Text: q.Text}, o: o, settings: map[string]value.Value{}}
	node := b.query(q)
	b.checkWindows(node)
	if node == nil && b.r.Err() == nil {
		b.errorf(q, "the query gives no table")
	}
	if err := b.r.Err(); err != nil {
		return nil, err
	}
	for i := len(b.shared) - 1; i >= 0; i-- {
		node = &plan.Let{Name: b.shared[i].name, In: b.shared[i].node, Body: node}
	}
	return node, nil
}

// binder is the state of one Bind. Its methods report errors and go on with
// something harmless: bad for an expression, nil for a table.
type binder struct {
	r        *syntax.Reporter
	o        Options
	used     int // of o.MaxNodes
	over     bool
	depth    int // of functions being inlined
	scalar   int // how many toscalar() stand around
	settings map[string]value.Value
	shared   []shared // what Let will compute, in order
	windows  []window
	tabulars map[*syntax.Func]bool // whether functions give tables, of those looked at
}

type shared struct {
	name string
	node plan.Node
}

// errorf reports an error at a part of the query.
func (b *binder) errorf(at place, format string, args ...any) {
	b.r.Report(at.Pos(), "", format, args...)
}

// suggest reports an error with a suggestion, which may be empty.
func (b *binder) suggest(at place, suggestion, format string, args ...any) {
	b.r.Report(at.Pos(), suggestion, format, args...)
}

// charge counts n nodes; it reports, once, that there are too many.
func (b *binder) charge(at place, n int) bool {
	b.used += n
	if b.used <= b.o.MaxNodes {
		return true
	}
	if !b.over {
		b.over = true
		b.errorf(at, "the query becomes too large: more than %d operators, expressions and columns after functions and variables are put in place", b.o.MaxNodes)
	}
	return false
}

// place is something that stands somewhere in the query.
type place interface{ Pos() syntax.Span }
