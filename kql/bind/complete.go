package bind

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// CompletionKind is what a completion is.
type CompletionKind uint8

// The kinds, in the order in which they are offered.
const (
	CompleteColumn CompletionKind = iota
	CompleteTable
	CompleteVariable
	CompleteOperator
	CompleteFunction
	CompleteAggregate
)

// Completion is something that can stand at a place of a query.
type Completion struct {
	Kind CompletionKind
	// Text replaces what stands at Replace.
	Text    string
	Replace syntax.Span
	// Detail is a column's type, and empty for others.
	Detail string
}

// Complete returns what can stand at an offset of a text, in bytes, given
// what is written of it. The text need not be a whole query, and may have
// errors.
func Complete(text string, offset int, cat Catalog) []Completion {
	at := syntax.At(text, offset)
	if at.Literal {
		return nil
	}
	c := &completer{at: at, word: strings.ToLower(text[at.Word.Start:at.Word.End])}
	vars, row := inSight(at, text, cat)
	switch {
	case at.Start && len(at.Before) > 0:
		for _, n := range syntax.OperatorNames() {
			c.offer(CompleteOperator, n, "")
		}
	case at.Start:
		c.tables(cat, vars)
		for _, n := range []string{"let", "print", "range", "union", "search", "datatable"} {
			c.offer(CompleteOperator, n, "")
		}
	case at.Operator == "union" || at.Operator == "join" || at.Operator == "lookup":
		c.tables(cat, vars)
		c.columns(row)
	default:
		c.columns(row)
		c.expressions(vars, at.Operator == "summarize" && !at.By)
	}
	slices.SortStableFunc(c.out, func(a, b Completion) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
	})
	return c.out
}

// inSight binds what stands before the place, as far as it goes, and returns
// the variables and the columns.
func inSight(at syntax.Cursor, text string, cat Catalog) (*names, []plan.Column) {
	before := at.Before
	if len(before) == 0 {
		before = []string{text[:at.Word.Start]}
	}
	for _, b := range before {
		q, _ := syntax.Parse(b)
		bd := &binder{r: &syntax.Reporter{Text: b}, o: Options{Catalog: cat, MaxNodes: DefaultMaxNodes}}
		e := env{names: (*names)(nil).child()}
		answer := bd.statements(q.Statements, e)
		if len(at.Before) == 0 {
			return e.names, nil
		}
		if answer == nil {
			continue
		}
		if n := bd.table(answer.X, e); n != nil {
			return e.names, n.Columns()
		}
	}
	return nil, nil
}

type completer struct {
	at   syntax.Cursor
	word string
	out  []Completion
}

// offer adds a completion that starts with what is written.
func (c *completer) offer(kind CompletionKind, text, detail string) {
	if strings.HasPrefix(strings.ToLower(text), c.word) {
		c.out = append(c.out, Completion{Kind: kind, Text: text, Replace: c.at.Word, Detail: detail})
	}
}

func (c *completer) tables(cat Catalog, vars *names) {
	if cat != nil {
		for _, n := range cat.Names() {
			c.offer(CompleteTable, n, "")
		}
	}
	c.variables(vars, isTable, isFunc)
}

func (c *completer) columns(cols []plan.Column) {
	for _, col := range cols {
		c.offer(CompleteColumn, plan.ColumnName(col.Name), col.Type.String())
	}
}

func (c *completer) variables(vars *names, kinds ...bindingKind) {
	for ; vars != nil; vars = vars.parent {
		for n, v := range vars.own {
			if slices.Contains(kinds, v.kind) {
				c.offer(CompleteVariable, n, "")
			}
		}
	}
}

func (c *completer) expressions(vars *names, aggregates bool) {
	c.variables(vars, isScalar, isFunc)
	for _, n := range fn.Names() {
		if n[0] >= 'a' && n[0] <= 'z' && !strings.ContainsAny(n, " ~") {
			c.offer(CompleteFunction, n, "")
		}
	}
	for n := range ownFunctions() {
		c.offer(CompleteFunction, n, "")
	}
	if aggregates {
		for _, n := range fn.AggNames() {
			c.offer(CompleteAggregate, n, "")
		}
	}
}
