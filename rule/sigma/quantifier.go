package sigma

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// quantified parses "1 of them", "all of sel*" and the like, from "of" on.
func (p *conditionParser) quantified(quantity token) (expr.Node, *conditionError) {
	every := quantity.is("all")
	if !every && quantity.text != "1" && !quantity.is("any") {
		return nil, &conditionError{quantity.offset, &unsupportedError{fmt.Sprintf("%q of: Sigma counts 1 of or all of only", quantity.text)}, ""}
	}
	p.next++
	t := p.peek()
	if t.text == "" || t.text == "(" || t.text == ")" {
		return nil, p.unexpected("them, or a pattern of names,")
	}
	p.next++
	var xs []expr.Node
	for _, name := range p.names {
		if selects(t.text, name) {
			xs = append(xs, p.tree(name, t.offset))
		}
	}
	switch at := p.at(quantity.offset); {
	case len(xs) == 0:
		return nil, &conditionError{t.offset, fmt.Errorf("no selection's name matches %q", t.text), rule.DidYouMean(t.text, p.names)}
	case len(xs) == 1:
		return xs[0], nil
	case every:
		return &expr.And{At: at, X: xs}, nil
	default:
		return &expr.Or{At: at, X: xs}, nil
	}
}

// selects reports whether "of pattern" means a selection. Names that begin
// with an underscore are meant only by patterns that do.
func selects(pattern, name string) bool {
	if strings.EqualFold(pattern, "them") {
		return !strings.HasPrefix(name, "_")
	}
	if strings.HasPrefix(name, "_") && !strings.HasPrefix(pattern, "_") {
		return false
	}
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	if !strings.HasPrefix(name, parts[0]) {
		return false
	}
	rest := name[len(parts[0]):]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
