package sigma

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// filter is a document that narrows other rules.
type filter struct {
	id, title string
	logSource rule.LogSource
	any       bool         // all rules of the log source
	rules     []*yaml.Node // else these, by id or name
	body      *yaml.Node   // the member filter
}

// compileFilter reads a filter and checks its syntax. Its fields get their
// meaning from each rule that it is applied to.
func (d *document) compileFilter() {
	f := &filter{}
	d.filter = f
	f.title = d.readTitle()
	f.id = d.readID(f.title)
	d.checkUsable()
	f.logSource, _, _ = d.readLogSource()
	_, f.body = member(d.root, "filter")
	if f.body.Kind != yaml.MappingNode {
		d.errorAt(pos(f.body), "filter", "", "it must be a map, not %s", describe(f.body))
		return
	}
	_, rules := member(f.body, "rules")
	switch {
	case rules == nil || isNull(rules):
		d.errorAt(pos(f.body), "filter", "list ids or names of rules, or write any", "rules is missing")
	case rules.Kind == yaml.ScalarNode && strings.EqualFold(rules.Value, "any"):
		f.any = true
	default:
		f.rules = items(rules)
	}
	d.filterTree(func(name string) (event.Ref, bool) { return event.Ref{Path: name}, name != "" }, "the log source")
}

// filterTree compiles what a filter leaves of a rule whose field names resolve
// knows; nil after a problem. A condition made of negations says what stays;
// one without any says what goes. The specification's example is of the second
// form, most filters in use are of the first, and they cannot be confused.
func (d *document) filterTree(resolve func(string) (event.Ref, bool), source string) expr.Node {
	c := &compiler{d: d, resolve: resolve, source: source}
	s := c.compileSelections(d.filter.body, "rules", "condition")
	_, condition := member(d.filter.body, "condition")
	if condition != nil && condition.Kind == yaml.SequenceNode {
		d.errorAt(pos(condition), "condition", "join them by or", "the condition of a filter is one text")
		return nil
	}
	n := d.condition(d.filter.body, condition, s)
	if n == nil {
		return nil
	}
	leaf := func(name string, _ int) expr.Node { return &expr.Const{} }
	shape, err := parseCondition(condition.Value, s.names, leaf, func(int) expr.Pos { return pos(condition) })
	switch {
	case err != nil:
		d.fault(pos(condition), "condition", err.advice, err.err)
		return nil
	case onlyNegations(shape):
		return n
	case !negates(shape):
		return &expr.Not{At: n.Pos(), X: n}
	}
	d.errorAt(pos(condition), "condition", "write not (...) around what the filter takes away", "it mixes what stays and what goes")
	return nil
}

// onlyNegations reports whether a condition over Consts is a negation, or
// several of them joined.
func onlyNegations(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.Not:
		return true
	case *expr.And:
		return !slices.ContainsFunc(n.X, func(x expr.Node) bool { return !onlyNegations(x) })
	case *expr.Or:
		return !slices.ContainsFunc(n.X, func(x expr.Node) bool { return !onlyNegations(x) })
	}
	return false
}

// negates reports whether a condition over Consts has a negation in it.
func negates(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.Not:
		return true
	case *expr.And:
		return slices.ContainsFunc(n.X, negates)
	case *expr.Or:
		return slices.ContainsFunc(n.X, negates)
	}
	return false
}
