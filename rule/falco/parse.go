package falco

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/rule"
)

// maxDepth is how deep a condition may nest, brackets and nots counted.
const maxDepth = 200

// maxCondition bounds a condition, in bytes. The longest public one has 3,000.
const maxCondition = 64 << 10

// syntaxError is what is wrong with a condition, and where.
type syntaxError struct {
	at             int // offset in the condition
	reason, advice string
}

// parser reads a condition:
//
//	or     = and { "or" and }
//	and    = not { "and" not }
//	not    = { "not" } primary
//	primary = "(" or ")" | operand operator right | macro
type parser struct {
	lexer
	depth int
}

// parseCondition reads all of a condition.
func parseCondition(text string) (node, *syntaxError) {
	p := &parser{lexer: lexer{text: text}}
	if strings.TrimSpace(text) == "" {
		return nil, p.fail("", "the condition is empty")
	}
	if len(text) > maxCondition {
		return nil, p.fail("make macros and lists of parts of it", "longer than %d bytes", maxCondition)
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.blank(); p.at < len(p.text) {
		advice := "join two checks by and, or"
		if p.text[p.at] == ')' {
			advice = "a bracket is closed that was not opened"
		}
		return nil, p.fail(advice, "%s where the condition could end", p.next())
	}
	return n, nil
}

func (p *parser) fail(advice, format string, args ...any) *syntaxError {
	return &syntaxError{p.at, fmt.Sprintf(format, args...), advice}
}

// enter counts a level; leave must follow.
func (p *parser) enter() *syntaxError {
	if p.depth++; p.depth > maxDepth {
		return p.fail("make a macro of a part of it", "nested more than %d levels deep", maxDepth)
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) or() (node, *syntaxError) { return p.chain(false, "or", p.and) }

func (p *parser) and() (node, *syntaxError) { return p.chain(true, "and", p.not) }

// chain reads parts with one word between them.
func (p *parser) chain(and bool, word string, part func() (node, *syntaxError)) (node, *syntaxError) {
	p.blank()
	start := p.at
	first, err := part()
	if err != nil {
		return nil, err
	}
	x := []node{first}
	for {
		p.blank()
		if !p.keyword(word) {
			break
		}
		next, err := part()
		if err != nil {
			return nil, err
		}
		x = append(x, next)
	}
	if len(x) == 1 {
		return first, nil
	}
	return &group{start, and, x}, nil
}

func (p *parser) not() (node, *syntaxError) {
	p.blank()
	start, odd := p.at, false
	for p.keyword("not") {
		odd = !odd
		p.blank()
	}
	n, err := p.primary()
	if err != nil || !odd {
		return n, err
	}
	return &negation{start, n}, nil
}

func (p *parser) primary() (node, *syntaxError) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	start := p.at
	if p.mark("(") {
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		if p.blank(); !p.mark(")") {
			return nil, p.fail("close the bracket, or join by and, or", "%s where ) is expected", p.next())
		}
		return n, nil
	}
	name, dotted := p.name()
	switch {
	case name == "":
		return nil, p.fail("write a check such as proc.name=cat, or the name of a macro", "%s where a field or a macro is expected", p.next())
	case dotted, p.atTransform(name):
		left, err := p.operandNamed(start, name, dotted)
		if err != nil {
			return nil, err
		}
		return p.check(start, left)
	}
	return &macroRef{start, name}, nil
}

// atTransform reports whether name was the name of a function, whose bracket
// comes next.
func (p *parser) atTransform(name string) bool {
	_, ok := transforms[name]
	return ok && p.at < len(p.text) && p.text[p.at] == '('
}

// check reads an operator and what follows it.
func (p *parser) check(start int, left *operand) (node, *syntaxError) {
	p.blank()
	op, err := p.operator()
	if err != nil {
		return nil, err
	}
	c := &check{at: start, left: left, op: op}
	if op == opExists {
		return c, nil
	}
	p.blank()
	if c.right, err = p.tryOperand(); err != nil || c.right != nil {
		return c, err
	}
	if op.ofList() {
		c.values, err = p.list()
		return c, err
	}
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	if op.ofNumbers() && !isNumber(v.text) && !v.bare {
		p.at = v.at
		return nil, p.fail("", "%q after %s must be a number", v.text, op)
	}
	c.values = []literal{v}
	return c, nil
}

func (p *parser) operator() (operator, *syntaxError) {
	for _, s := range symbols {
		if p.mark(s) {
			if s == "==" {
				s = "="
			}
			return operator(s), nil
		}
	}
	for _, w := range words {
		if p.keyword(string(w)) {
			return w, nil
		}
	}
	start := p.at
	word, _ := p.name()
	p.at = start
	var known []string
	for _, w := range words {
		known = append(known, string(w))
	}
	advice := rule.DidYouMean(word, known)
	if advice == "" {
		advice = "the operators are " + strings.Join(symbols[1:], " ") + " " + strings.Join(known, " ")
	}
	return "", p.fail(advice, "%s where an operator is expected", p.next())
}

// value reads one literal.
func (p *parser) value() (literal, *syntaxError) {
	start := p.at
	if p.atQuote() {
		text, closed := p.quoted()
		if !closed {
			return literal{}, p.fail("close it with the same quote", "the quoted text does not end")
		}
		return literal{at: start, text: text}, nil
	}
	if text := p.bare(); text != "" {
		return literal{at: start, text: text, bare: true}, nil
	}
	return literal{}, p.fail("", "%s where a value is expected", p.next())
}

// list reads values in brackets, or the name of a list without them.
func (p *parser) list() ([]literal, *syntaxError) {
	if !p.mark("(") {
		v, err := p.value()
		if err != nil {
			return nil, p.fail("write (a, b), or the name of a list", "%s where a list of values is expected", p.next())
		}
		return []literal{v}, nil
	}
	out := []literal{}
	for p.blank(); !p.mark(")"); p.blank() {
		if len(out) > 0 {
			if !p.mark(",") {
				return nil, p.fail("close the list with ), or part its values by commas", "%s where , or ) is expected", p.next())
			}
			p.blank()
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
