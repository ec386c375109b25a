package syntax

import "slices"

// The binary operators that are words or signs, by how tightly they bind.
var (
	equality   = []string{"==", "!=", "=~", "!~", "<>"}
	relational = []string{"<", "<=", ">", ">="}
	additive   = []string{"+", "-"}
	factors    = []string{"*", "/", "%"}
	lists      = []string{"in", "!in", "in~", "!in~", "has_any", "has_all"}
)

// textOperators are the string operators, each of which has a form with !
// before it.
var textOperators = []string{
	"has", "has_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs", "contains", "contains_cs",
	"startswith", "startswith_cs", "endswith", "endswith_cs", "like", "likecs", "like_cs",
}

// expr reads a scalar expression.
func (p *parser) expr() Expr { return p.or() }

func (p *parser) or() Expr {
	return p.words(p.and, "or")
}

func (p *parser) and() Expr {
	return p.words(p.comparison, "and")
}

// words reads a chain of operands with the word between them.
func (p *parser) words(operand func() Expr, word string) Expr {
	x := operand()
	for n := 0; p.tok().word(word) && p.chain(n); n++ {
		op := p.take()
		y := operand()
		x = &Binary{x.Pos().to(y.Pos()), word, op.Span, x, y}
	}
	return x
}

// comparison reads an expression without and and or.
func (p *parser) comparison() Expr {
	x := p.relational()
	for n := 0; p.chain(n); n++ {
		t := p.tok()
		switch {
		case t.kind == tPunct && slices.Contains(equality, t.text), p.search && t.is(":"):
			p.at++
			y := p.relational()
			op := t.text
			if op == "<>" {
				op = "!="
			}
			x = &Binary{x.Pos().to(y.Pos()), op, t.Span, x, y}
		case t.kind == tName && slices.Contains(lists, t.text):
			x = p.in(x)
		case t.word("between") || t.word("!between"):
			x = p.between(x)
		default:
			return x
		}
	}
	return x
}

func (p *parser) relational() Expr {
	x := p.textual()
	for n := 0; p.chain(n); n++ {
		t := p.tok()
		if t.kind != tPunct || !slices.Contains(relational, t.text) {
			return x
		}
		p.at++
		y := p.textual()
		x = &Binary{x.Pos().to(y.Pos()), t.text, t.Span, x, y}
	}
	return x
}

func (p *parser) textual() Expr {
	x := p.sum()
	for n := 0; p.chain(n); n++ {
		t := p.tok()
		op, at := p.textOperator(t)
		if op == "" {
			return x
		}
		y := p.sum()
		x = &Binary{x.Pos().to(y.Pos()), op, at, x, y}
	}
	return x
}

// textOperator passes over a string operator and returns it, "" for none.
func (p *parser) textOperator(t token) (string, Span) {
	if t.kind != tName {
		return "", Span{}
	}
	if (t.text == "matches" || t.text == "!matches") && p.ahead(1).word("regex") {
		p.at += 2
		return t.text + " regex", p.since(t.Start)
	}
	bare := t.text
	if bare[0] == '!' {
		bare = bare[1:]
	} else if len(bare) > 3 && bare[:3] == "not" && slices.Contains(textOperators, bare[3:]) {
		bare = bare[3:] // notcontains and the like are old names
		t.text = "!" + bare
	}
	if slices.Contains(textOperators, bare) {
		p.at++
		return t.text, t.Span
	}
	if t.text[0] == '!' && !slices.Contains(lists, t.text) && bare != "between" {
		p.at++
		p.report(t.Span, DidYouMean(bare, slices.Concat(textOperators, lists)), "there is no operator %s", t.text)
		return t.text, t.Span
	}
	return "", Span{}
}

func (p *parser) sum() Expr { return p.signs(p.product, additive) }

func (p *parser) product() Expr { return p.signs(p.unary, factors) }

func (p *parser) signs(operand func() Expr, ops []string) Expr {
	x := operand()
	for n := 0; p.chain(n); n++ {
		t := p.tok()
		if t.kind != tPunct || !slices.Contains(ops, t.text) {
			return x
		}
		p.at++
		y := operand()
		x = &Binary{x.Pos().to(y.Pos()), t.text, t.Span, x, y}
	}
	return x
}

func (p *parser) unary() Expr {
	t := p.tok()
	if !t.is("-") && !t.is("+") {
		return p.postfix()
	}
	p.at++
	if !p.enter() {
		return p.missing()
	}
	defer p.leave()
	x := p.unary()
	return &Unary{Span{t.Start, x.Pos().End}, t.text, x}
}

func (p *parser) in(x Expr) Expr {
	op := p.take()
	e := &In{Op: op.text, At: op.Span, X: x}
	if p.accept("(") {
		if p.enter() {
			for !p.tok().is(")") && p.tok().kind != tEOF {
				e.Items = append(e.Items, p.tabular())
				if !p.accept(",") {
					break
				}
			}
			p.leave()
		}
		p.expect(")", "after the list")
	} else {
		e.Items = []Expr{p.postfix()}
	}
	e.Span = p.since(x.Pos().Start)
	return e
}

func (p *parser) between(x Expr) Expr {
	op := p.take()
	e := &Between{Not: op.text == "!between", At: op.Span, X: x}
	e.Lo, e.Hi = p.missing(), p.missing()
	if p.expect("(", "after "+op.text) {
		e.Lo = p.sum()
		if p.expect("..", "between the bounds") {
			e.Hi = p.sum()
		}
		p.expect(")", "after the bounds")
	}
	e.Span = p.since(x.Pos().Start)
	return e
}

// missing stands for an expression that is not there, which was reported.
func (p *parser) missing() Expr {
	return &Literal{Span: Span{p.tok().Start, p.tok().Start}, Kind: litInvalid}
}
