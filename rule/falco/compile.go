package falco

import (
	"fmt"
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// compile makes rules of what was collected.
func (l *loader) compile() {
	for _, x := range l.listOrder {
		for _, name := range x.items {
			if other := l.lists[name]; other != nil && other != x {
				other.used = true
			}
		}
	}
	for _, m := range l.macroOrder {
		c := &conditions{loader: l, kind: "macro", name: m.name, place: m.place}
		m.body = c.parse(m.cond)
	}
	for _, m := range l.macroOrder {
		l.checkMacro(m)
	}
	for _, r := range l.ruleOrder {
		if !r.broken {
			l.result.Items++
		}
		if !r.broken && !r.unknown {
			l.rule(r)
		}
	}
	for _, m := range l.macroOrder {
		if !m.used {
			p := m.place.problem(codeUnusedMacro, "macro", "", "nothing refers to it")
			p.Kind, p.Title = "macro", m.name
			l.warn(p)
		}
	}
	for _, x := range l.listOrder {
		if !x.used {
			p := x.place.problem(codeUnusedList, "list", "", "nothing refers to it")
			p.Kind, p.Title = "list", x.name
			l.warn(p)
		}
	}
}

// checkMacro tells of macros that it refers to and that do not exist, or that
// were not defined before it.
func (l *loader) checkMacro(m *macro) {
	if m.body == nil {
		return
	}
	c := &conditions{loader: l, kind: "macro", name: m.name, place: m.place, text: m.cond, before: m.changed}
	if !c.known(m.body) {
		m.body = nil
	}
}

// known reports whether all macros that a condition refers to exist, and tells
// of the first that does not.
func (c *conditions) known(n node) bool {
	switch n := n.(type) {
	case *group:
		return !slices.ContainsFunc(n.x, func(x node) bool { return !c.known(x) })
	case *negation:
		return c.known(n.x)
	case *macroRef:
		m := c.macros[n.name]
		if m == nil || c.before > 0 && m.defined >= c.before {
			names := []string{}
			for _, m := range c.macroOrder {
				names = append(names, m.name)
			}
			advice := rule.DidYouMean(n.name, names)
			if m != nil {
				advice = "define it before the macro that uses it"
			}
			c.failAt(n.at, codeItem, "condition", advice, fmt.Sprintf("Undefined macro '%s': there is none of this name", n.name))
			return false
		}
		m.used = true
	}
	return true
}

// conditions turns the conditions of one rule or macro into trees.
type conditions struct {
	*loader
	kind  string // rule or macro
	name  string
	place place
	text  text
	// before is the time at which a macro was changed last; 0 for a rule.
	before int
	item   *item
	source string
	failed bool
	// skipped: the rule asked to be left out.
	skipped bool
	// lacking is for want of what the rule is not run.
	lacking []*rule.Problem
	lowered map[lowerKey]expr.Node // macros
	sizes   map[expr.Node]int
}

// lowerKey is a macro in a table.
type lowerKey struct {
	macro *macro
	class event.Class
}

// parse reads a condition; nil, with an error told, where it cannot be read.
func (c *conditions) parse(t text) node {
	c.text = t
	n, err := parseCondition(t.all)
	if err != nil {
		c.failAt(err.at, codeCondition, "condition", err.advice, err.reason)
		return nil
	}
	c.touch(n)
	return n
}

// touch notes which lists a condition uses.
func (c *conditions) touch(n node) {
	switch n := n.(type) {
	case *group:
		for _, x := range n.x {
			c.touch(x)
		}
	case *negation:
		c.touch(n.x)
	case *check:
		for _, v := range n.values {
			if x := c.lists[v.text]; x != nil && v.bare {
				x.used = true
			}
		}
	}
}

// failAt tells of an error in the text of the condition.
func (c *conditions) failAt(offset int, code, feature, advice, reason string) {
	c.failed = true
	c.loader.fail(c.problemAt(offset, code, feature, advice, reason))
}

func (c *conditions) problemAt(offset int, code, feature, advice, reason string) *rule.Problem {
	at := c.place
	if len(c.text.parts) > 0 && offset >= 0 {
		at = c.text.place(offset)
	}
	p := at.problem(code, feature, advice, reason)
	p.Kind, p.Title = c.kind, c.name
	return p
}

// fail tells of an error in an exception.
func (c *conditions) fail(at place, code string, x *exception, feature, reason string) {
	c.failed = true
	if at.file == nil {
		at = x.place
	}
	p := at.problem(code, feature, "", reason)
	p.Kind, p.Title = "exception", x.name
	c.loader.fail(p)
}

// exceptionField reads a field of an exception; it may be a function of one.
func (c *conditions) exceptionField(x *exception, e entry) *operand {
	p := &parser{lexer: lexer{text: e.text}}
	name, dotted := p.name()
	if dotted || p.atTransform(name) {
		o, err := p.operandNamed(0, name, dotted)
		if err == nil && p.at == len(p.text) {
			o.mark(-1)
			return o
		}
	}
	c.fail(e.place, codeItem, x, "fields", "'"+e.text+"' is no field")
	return nil
}

// mark gives an operand and those in it another place.
func (o *operand) mark(at int) {
	o.at = at
	for _, a := range o.args {
		a.mark(at)
	}
}

// expand returns the values of a check, lists among them written out.
func (l *loader) expand(values []literal) []string {
	var out []string
	for _, v := range values {
		if x := l.lists[v.text]; x != nil && v.bare {
			out = append(out, l.items(x)...)
			continue
		}
		out = append(out, v.text)
	}
	return out[:min(len(out), maxValues)]
}

// maxValues bounds the values of one check. The longest public list has 200.
const maxValues = 50_000

// items returns the items of a list, those of lists in it written out. A list
// inside itself has none there.
func (l *loader) items(x *list) []string {
	if x.state != unvisited {
		return x.flat
	}
	x.state = visiting
	for _, text := range x.items {
		if other := l.lists[text]; other != nil && other != x {
			x.flat = append(x.flat, l.items(other)...)
		} else {
			x.flat = append(x.flat, exceptionValue(text).text)
		}
		if len(x.flat) > maxValues {
			x.flat = x.flat[:maxValues]
			break
		}
	}
	x.state = visited
	return x.flat
}
