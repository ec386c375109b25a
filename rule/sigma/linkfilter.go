package sigma

import (
	"fmt"

	"github.com/lynceus-io/lynceus/expr"
)

// applyFilter narrows the rules that a filter names.
func (l *linker) applyFilter(d *document) {
	f := d.filter
	var targets []*document
	if f.any {
		for _, t := range l.docs {
			if t.kind == kindRule && covers(f.logSource, t.rule.LogSource) {
				targets = append(targets, t)
			}
		}
	}
	for _, n := range f.rules {
		t := l.byName[n.Value]
		switch {
		case t == nil:
			d.unsupportedAt(pos(n), "filter", "", "no loaded rule has the id or name %q", n.Value)
		case t.kind != kindRule:
			d.unsupportedAt(pos(n), "filter", "name the rules that it joins", "%q is a correlation", t.rule.Title)
		case !covers(f.logSource, t.rule.LogSource):
			d.unsupportedAt(pos(n), "filter", "", "rule %q reads %s, the filter is for %s", t.rule.Title, t.rule.LogSource, f.logSource)
		default:
			targets = append(targets, t)
		}
	}
	for _, t := range targets {
		if t.rule.Expr == nil {
			continue
		}
		before := len(d.unsupported)
		n := d.filterTree(t.rule.Resolve, names(t.rule))
		for _, p := range d.unsupported[before:] {
			p.Reason += fmt.Sprintf("; the filter is not applied to rule %q", t.rule.Title)
		}
		if n != nil && len(d.unsupported) == before {
			t.rule.Expr = &expr.And{At: t.rule.Expr.Pos(), X: []expr.Node{t.rule.Expr, n}}
			t.rule.Filters = append(t.rule.Filters, f.title)
		}
	}
}
