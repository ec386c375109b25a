package falco

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/rule"
)

// check looks at all checks of a condition, those of its macros too: is the
// field known, does the operator fit, can the values be read? What Falco has
// and Lynceus has not is noted as lacking.
func (c *conditions) check(n node, seen map[*macro]visit) {
	switch n := n.(type) {
	case *group:
		for _, x := range n.x {
			c.check(x, seen)
		}
	case *negation:
		c.check(n.x, seen)
	case *macroRef:
		m := c.macros[n.name]
		if m == nil || seen[m] == visited {
			return
		}
		switch {
		case m.body == nil: // told already
			c.failed = true
			return
		case seen[m] == visiting:
			c.failAt(n.at, codeItem, "condition", "", fmt.Sprintf("the macro %s refers to itself", n.name))
			return
		}
		seen[m] = visiting
		was := c.text
		c.text = m.cond
		c.check(m.body, seen)
		c.text, seen[m] = was, visited
	case *check:
		c.checkOne(n)
	}
}

func (c *conditions) checkOne(n *check) {
	left, ok := c.checkOperand(n.left, n.at)
	if n.right != nil {
		if _, fine := c.checkOperand(n.right, n.at); fine {
			c.checkPair(n)
		}
		return
	}
	values := c.expand(n.values)
	for _, v := range values {
		if v == "<NA>" {
			c.warn(c.problemAt(n.at, codeUnsafeNA, "condition", "write "+n.left.field+" exists", "a field that is absent is not equal to <NA>"))
		}
	}
	if !ok {
		return
	}
	if n.op != opExists && !n.op.ofList() && len(values) != 1 {
		c.failAt(n.at, codeCondition, "condition", "use in instead of "+string(n.op), fmt.Sprintf("a list of %d values where %s needs one", len(values), n.op))
		return
	}
	for _, v := range values {
		if reason := badValue(left, n, v); reason != "" {
			c.failAt(n.at, codeCondition, "condition", "", reason)
			return
		}
		if left != nil && left.kind == kindType && otherTypes[v] {
			c.lackAt(n.at, "event type "+v, "there is no event of this type")
		}
	}
}

// checkOperand returns the row of an operand that is a field, nil for a
// function. It is false, and the reason was told, where it cannot be used.
func (c *conditions) checkOperand(o *operand, at int) (*row, bool) {
	if o.transform != "" {
		fine := true
		for _, a := range o.args {
			if r, ok := c.checkOperand(a, at); !ok || r != nil && (r.kind == kindFixed || r.kind == kindType || r.end != endNone) {
				if ok {
					c.lackAt(at, o.transform+" of "+a.field, "it is not computed from this field")
				}
				fine = false
			}
		}
		return nil, fine
	}
	if o.field == "" {
		return nil, true
	}
	r, known := findRow(c.source, o.field)
	switch known {
	case fieldUnknown:
		c.unknownField(o, at)
		return nil, false
	case fieldUnsupported:
		c.lackAt(at, "field "+o.field, "no table has it")
		return nil, false
	}
	if reason := r.argumentError(o); reason != "" {
		if r.argued != nil && o.hasArg {
			c.lackAt(at, "field "+o.field+"["+o.arg+"]", "no table has it")
			return nil, false
		}
		c.failAt(at, codeCondition, "condition", "", o.field+": "+reason)
		return nil, false
	}
	return r, true
}

// unknownField tells of a field that nobody knows; a rule may ask to be left
// out then.
func (c *conditions) unknownField(o *operand, at int) {
	var names []string
	for _, t := range [...]map[string]row{anySource, sourceRows[c.source]} {
		for name := range t {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	reason := fmt.Sprintf("there is no field %s for events of %s", o.field, c.source)
	if c.item.skipUnknown {
		c.skipped = true
		c.warn(c.problemAt(at, codeUnknownFilter, "condition", "", reason+"; the rule is left out, as it says"))
		return
	}
	c.failAt(at, codeCondition, "condition", rule.DidYouMean(o.field, names), reason)
}

// lackAt notes something for want of which the rule is not run, once.
func (c *conditions) lackAt(at int, feature, reason string) {
	for _, p := range c.lacking {
		if p.Feature == feature {
			return
		}
	}
	c.lacking = append(c.lacking, c.problemAt(at, "", feature, "", reason))
}

// checkPair notes operators that do not compare two fields.
func (c *conditions) checkPair(n *check) {
	if _, ok := pairOps[n.op]; !ok && n.op != opNotEqual {
		c.lackAt(n.at, "operator "+string(n.op)+" between fields", "it compares a field with values only")
	}
}

// badValue returns why a check cannot have a value; "" where it can.
func badValue(r *row, n *check, v string) string {
	switch n.op {
	case opRegex:
		if _, err := regexp.Compile(v); err != nil {
			return fmt.Sprintf("%q is no regular expression: %v", v, err)
		}
	case opBContains, opBStartsWith:
		if _, ok := decodeHex(v); !ok {
			return fmt.Sprintf("%q after %s is not hexadecimal", v, n.op)
		}
	case opEqual, opNotEqual, opIn, opIntersects:
		if r == nil {
			return ""
		}
		if r.kind == kindType && effects[v].class == 0 && !otherTypes[v] {
			return fmt.Sprintf("there is no type of event %q", v)
		}
		if _, ok := number(v); r.kind == kindNumber && !ok {
			return fmt.Sprintf("%q is not a number, and %s is one", v, n.left.field)
		}
	}
	if _, ok := number(v); n.op.ofNumbers() && !ok {
		return fmt.Sprintf("%q after %s is not a number", v, n.op)
	}
	return ""
}

// number returns a decimal or hexadecimal number as decimal text.
func number(text string) (string, bool) {
	if len(text) > 2 && (strings.HasPrefix(text, "0x") || strings.HasPrefix(text, "0X")) {
		n, err := strconv.ParseUint(text[2:], 16, 63)
		return strconv.FormatUint(n, 10), err == nil
	}
	_, err := strconv.ParseFloat(text, 64)
	return text, err == nil && strings.Trim(text, "0123456789.+-eE") == ""
}
