package falco

import "strconv"

// operandNamed reads the rest of an operand whose name was read: the argument
// of a field, or what a function is given.
func (p *parser) operandNamed(start int, name string, dotted bool) (*operand, *syntaxError) {
	if !dotted {
		return p.function(start, name)
	}
	o := &operand{at: start, field: name}
	if !p.mark("[") {
		return o, nil
	}
	o.hasArg = true
	if p.atQuote() {
		var closed bool
		if o.arg, closed = p.quoted(); !closed {
			return nil, p.fail("close it with the same quote", "the quoted text does not end")
		}
	} else {
		o.arg = p.argument()
	}
	if o.arg == "" {
		return nil, p.fail("write "+name+"[2] or "+name+"[name]", "the argument of %s is missing", name)
	}
	if !p.mark("]") {
		return nil, p.fail("", "%s where ] is expected", p.next())
	}
	return o, nil
}

// function reads what a function is given, in brackets.
func (p *parser) function(start int, name string) (*operand, *syntaxError) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	p.mark("(")
	o := &operand{at: start, transform: name}
	if err := p.operands(o); err != nil {
		return nil, err
	}
	if n := transforms[name]; len(o.args) < n[0] || len(o.args) > n[1] {
		p.at = start
		return nil, p.fail("", "%s is given %d operands", name, len(o.args))
	}
	return o, nil
}

// operands reads operands up to a closing bracket and gives them to o. Those
// in brackets of their own, as join has them, count as if they stood without.
func (p *parser) operands(o *operand) *syntaxError {
	for first := true; ; first = false {
		p.blank()
		if p.mark(")") {
			return nil
		}
		if !first && !p.mark(",") {
			return p.fail("", "%s where , or ) is expected", p.next())
		}
		p.blank()
		if err := p.oneOperand(o); err != nil {
			return err
		}
		if len(o.args) > maxOperands {
			return p.fail("", "more than %d operands", maxOperands)
		}
	}
}

// oneOperand reads a field, a function, a quoted text or several of these in
// brackets.
func (p *parser) oneOperand(o *operand) *syntaxError {
	start := p.at
	if p.atQuote() {
		v, err := p.value()
		o.args = append(o.args, &operand{at: start, text: v.text})
		return err
	}
	if len(o.args) > 0 && p.mark("(") {
		if err := p.enter(); err != nil {
			return err
		}
		defer p.leave()
		return p.operands(o)
	}
	name, dotted := p.name()
	if !dotted && !p.atTransform(name) {
		p.at = start
		return p.fail("write a field such as proc.name, or a text in quotes", "%s where a field is expected", p.next())
	}
	arg, err := p.operandNamed(start, name, dotted)
	o.args = append(o.args, arg)
	return err
}

// tryOperand reads a function on the right side of an operator; it returns
// nil, and takes nothing, where none comes next.
func (p *parser) tryOperand() (*operand, *syntaxError) {
	start := p.at
	if name, dotted := p.name(); !dotted && p.atTransform(name) {
		return p.function(start, name)
	}
	p.at = start
	return nil, nil
}

// isNumber reports whether text is a decimal or hexadecimal number.
func isNumber(text string) bool {
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return true
	}
	_, err := strconv.ParseInt(text, 0, 64)
	return err == nil
}
