package sigma

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// maxConditionDepth bounds brackets and negations inside one another.
const maxConditionDepth = 100

// conditionParser is a recursive-descent parser: or binds least, then and,
// not, "1 of" and "all of", brackets.
type conditionParser struct {
	tokens []token
	end    int // length of the text
	next   int
	depth  int
	names  []string
	leaf   func(name string, offset int) expr.Node
	at     func(offset int) expr.Pos
}

// parseCondition parses a condition over the given names. leaf makes the tree
// of a name; a nil one (what the name stands for is broken) makes the whole
// nil, without an error of its own. at places an offset in the file.
func parseCondition(text string, names []string, leaf func(name string, offset int) expr.Node, at func(int) expr.Pos) (expr.Node, *conditionError) {
	tokens, err := lexCondition(text)
	if err != nil {
		return nil, err
	}
	if len(tokens) == 0 {
		return nil, &conditionError{0, fmt.Errorf("it is empty"), "name a selection"}
	}
	p := &conditionParser{tokens: tokens, end: len(text), names: names, leaf: leaf, at: at}
	n, err := p.or()
	if err == nil && p.next < len(tokens) {
		err = p.unexpected("and, or or the end")
	}
	if err != nil {
		return nil, err
	}
	if hasHole(n) {
		return nil, nil
	}
	return n, nil
}

// hole stands for a selection that is broken and was reported already.
type hole struct{ expr.Const }

func hasHole(n expr.Node) bool {
	switch n := n.(type) {
	case *hole:
		return true
	case *expr.Not:
		return hasHole(n.X)
	case *expr.And:
		return anyHole(n.X)
	case *expr.Or:
		return anyHole(n.X)
	}
	return false
}

func anyHole(xs []expr.Node) bool {
	for _, x := range xs {
		if hasHole(x) {
			return true
		}
	}
	return false
}

// peek returns the next token, or an empty one at the end.
func (p *conditionParser) peek() token {
	if p.next < len(p.tokens) {
		return p.tokens[p.next]
	}
	return token{"", p.end}
}

func (p *conditionParser) unexpected(want string) *conditionError {
	t := p.peek()
	if t.text == "" {
		return &conditionError{t.offset, fmt.Errorf("%s is missing at the end", want), ""}
	}
	return &conditionError{t.offset, fmt.Errorf("%q stands where %s should", t.text, want), ""}
}

// chain parses operands joined by one operator.
func (p *conditionParser) chain(operator string, operand func() (expr.Node, *conditionError)) ([]expr.Node, expr.Pos, *conditionError) {
	at := p.at(p.peek().offset)
	var xs []expr.Node
	for {
		x, err := operand()
		if err != nil {
			return nil, at, err
		}
		xs = append(xs, x)
		if !p.peek().is(operator) {
			return xs, at, nil
		}
		p.next++
	}
}

func (p *conditionParser) or() (expr.Node, *conditionError) {
	xs, at, err := p.chain("or", p.and)
	if err != nil || len(xs) == 1 {
		return first(xs), err
	}
	return &expr.Or{At: at, X: xs}, nil
}

func (p *conditionParser) and() (expr.Node, *conditionError) {
	xs, at, err := p.chain("and", p.not)
	if err != nil || len(xs) == 1 {
		return first(xs), err
	}
	return &expr.And{At: at, X: xs}, nil
}

func first(xs []expr.Node) expr.Node {
	if len(xs) == 0 {
		return nil
	}
	return xs[0]
}

func (p *conditionParser) not() (expr.Node, *conditionError) {
	if p.depth++; p.depth > maxConditionDepth {
		return nil, &conditionError{p.peek().offset, fmt.Errorf("nested more than %d levels deep", maxConditionDepth), ""}
	}
	defer func() { p.depth-- }()
	t := p.peek()
	if !t.is("not") {
		return p.operand()
	}
	p.next++
	x, err := p.not()
	if err != nil {
		return nil, err
	}
	return &expr.Not{At: p.at(t.offset), X: x}, nil
}

func (p *conditionParser) operand() (expr.Node, *conditionError) {
	t := p.peek()
	if t.text == "(" {
		p.next++
		x, err := p.or()
		if err != nil {
			return nil, err
		}
		if p.peek().text != ")" {
			return nil, p.unexpected("a closing bracket")
		}
		p.next++
		return x, nil
	}
	if t.text == "" || t.text == ")" || t.is("and") || t.is("or") || t.is("of") {
		return nil, p.unexpected("a selection")
	}
	p.next++
	if p.peek().is("of") {
		return p.quantified(t)
	}
	return p.name(t)
}

func (p *conditionParser) name(t token) (expr.Node, *conditionError) {
	for _, n := range p.names {
		if n == t.text {
			return p.tree(n, t.offset), nil
		}
	}
	if p.peek().text == "(" && aggregations[strings.ToLower(t.text)] {
		return nil, &conditionError{t.offset, errAggregation, adviceAggregation}
	}
	err := &conditionError{t.offset, fmt.Errorf("nothing here is called %q", t.text), rule.DidYouMean(t.text, p.names)}
	if strings.Contains(t.text, "*") {
		err.advice = "write 1 of " + t.text + " or all of " + t.text
	}
	return nil, err
}

func (p *conditionParser) tree(name string, offset int) expr.Node {
	if n := p.leaf(name, offset); n != nil {
		return n
	}
	return &hole{}
}
