package torule

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// leaf reads a test of one field.
func (c *converter) leaf(x *plan.Call, not bool) *Cond {
	name := x.Fn.Name
	if positive, ok := strings.CutPrefix(name, "!"); ok && name != "!=" && name != "!~" {
		name, not = positive, !not
	}
	if len(x.Args) == 0 {
		return c.cannot(x, "it tests no field")
	}
	if swapped, ok := mirrored[name]; ok && len(x.Args) == 2 {
		if _, constant := x.Args[0].(*plan.Const); constant {
			x, name = &plan.Call{Fn: x.Fn, Args: []plan.Expr{x.Args[1], x.Args[0]}, Result: x.Result}, swapped
		}
	}
	p, ok := c.place(x.Args[0])
	if !ok {
		return c.cannot(x, "a rule tests fields as they are, not what is computed of them")
	}
	if p.kind == times {
		return c.cannot(x, "a rule does not compare times; where and a bound of time alone is left out")
	}
	switch name {
	case "==", "=~", "in", "in~":
		return c.equal(x, p, strings.HasSuffix(name, "~"), not)
	case "!=", "!~":
		return c.equal(x, p, name == "!~", !not)
	case "<", "<=", ">", ">=":
		return c.compare(x, p, name, not)
	case "between":
		return c.between(x, p, not)
	case "isempty", "isnotempty", "isnull", "isnotnull":
		return c.present(x, p, strings.HasPrefix(name, "isnot") != not)
	case "set_has_element":
		return c.element(x, p, not)
	case "ipv4_is_in_range", "ipv6_is_in_range", "ipv4_is_in_any_range", "ipv6_is_in_any_range":
		return c.network(x, p, not)
	case "matches regex":
		return c.pattern(x, p, not)
	case "has_any", "has_all":
		return c.terms(x, p, name == "has_all", not)
	}
	return c.part(x, p, name, not)
}

// mirrored are comparisons with their sides exchanged.
var mirrored = map[string]string{"==": "==", "!=": "!=", "=~": "=~", "!~": "!~", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func (c *converter) cannot(x plan.Expr, why string) *Cond {
	c.problem("%s: %s", plan.ExprString(x), why)
	return nil
}

// equal reads ==, =~ and lists of values.
func (c *converter) equal(x *plan.Call, p place, fold, not bool) *Cond {
	if p.kind == lists {
		return c.cannot(x, "a list is compared by its elements: set_has_element(field, value)")
	}
	fold = fold || p.fold
	var values []any
	empty, cased := false, false
	for _, a := range x.Args[1:] {
		switch k, isConst := a.(*plan.Const); {
		case !isConst || k.Value.Null:
			return c.cannot(x, "a value is missing, or is computed of the event")
		case k.Value.Type == value.TypeString:
			if empty = empty || k.Value.Text == ""; k.Value.Text == "" {
				continue
			}
			cased = cased || hasCase(k.Value.Text)
			values = append(values, escape(k.Value.Text))
		case k.Value.Type == value.TypeBool:
			values = append(values, k.Value.Int != 0)
		default:
			n, ok := whole(a)
			if !ok {
				return c.cannot(x, "a rule compares texts, whole numbers, true and false")
			}
			values = append(values, n)
		}
	}
	key := p.name
	if cased && !fold {
		key += "|cased"
	}
	var parts []*Cond
	if len(values) > 0 {
		parts = append(parts, c.test(not, key, values...))
	}
	if empty {
		parts = append(parts, c.test(!not, p.name+"|re", anything))
	}
	switch {
	case len(parts) == 0:
		return c.cannot(x, "it compares with nothing")
	case not:
		return all(parts...)
	}
	return some(parts...)
}

// anything is a pattern of texts that are not empty. Texts that are not there
// match no pattern.
const anything = "(?s)."

func hasCase(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.ToLower(r) != r || unicode.ToUpper(r) != r })
}

// glob makes letters that mean more in a value of Sigma mean themselves.
var glob = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)

func escape(s string) string { return glob.Replace(s) }

// opposite are comparisons of numbers turned round.
var opposite = map[string]string{"<": ">=", "<=": ">", ">": "<=", ">=": "<"}

// words are comparisons of numbers as Sigma writes them.
var words = map[string]string{"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "==": "eq"}

func (c *converter) compare(x *plan.Call, p place, op string, not bool) *Cond {
	n, ok := whole(x.Args[1])
	if !ok || p.kind != numbers {
		return c.cannot(x, "a rule compares fields that are numbers with whole numbers")
	}
	if not {
		op = opposite[op]
	}
	return c.test(false, p.name+"|"+words[op], n)
}

func (c *converter) between(x *plan.Call, p place, not bool) *Cond {
	if len(x.Args) != 3 || p.kind != numbers {
		return c.cannot(x, "between is for fields that are numbers")
	}
	lo, ok := whole(x.Args[1])
	hi, also := whole(x.Args[2])
	if !ok || !also {
		return c.cannot(x, "a rule compares with whole numbers")
	}
	if not {
		return some(c.test(false, p.name+"|lt", lo), c.test(false, p.name+"|gt", hi))
	}
	return all(c.test(false, p.name+"|gte", lo), c.test(false, p.name+"|lte", hi))
}

// present reads whether there is a value. A text that is not there is empty
// in KQL.
func (c *converter) present(x *plan.Call, p place, there bool) *Cond {
	if p.kind == texts || p.kind == documents && strings.HasSuffix(x.Fn.Name, "empty") {
		if strings.HasSuffix(x.Fn.Name, "null") {
			return c.cannot(x, "a text is never null: use isempty or isnotempty")
		}
		return c.test(!there, p.name+"|re", anything)
	}
	return c.test(false, p.name+"|exists", there)
}

// element reads whether a list has a value; neither is true of a list that is
// not there.
func (c *converter) element(x *plan.Call, p place, not bool) *Cond {
	k, ok := constant(x.Args[len(x.Args)-1], value.TypeString)
	if !ok || p.kind != lists {
		return c.cannot(x, "set_has_element is for a list of texts and a text")
	}
	has := c.test(not, p.name+"|cased", escape(k.Text))
	if not {
		return all(c.test(false, p.name+"|exists", true), has)
	}
	return has
}

func (c *converter) network(x *plan.Call, p place, not bool) *Cond {
	var values []any
	for _, a := range x.Args[1:] {
		k, ok := constant(a, value.TypeString)
		if !ok {
			return c.cannot(x, "networks are texts such as \"10.0.0.0/8\"")
		}
		values = append(values, k.Text)
	}
	if p.kind != texts || len(values) == 0 {
		return c.cannot(x, "networks are for fields that are addresses")
	}
	in := c.test(not, p.name+"|cidr", values...)
	if not { // what is no address is in no network, and not outside of one either
		return all(c.test(false, p.name+"|cidr", "0.0.0.0/0", "::/0"), in)
	}
	return in
}

func (c *converter) pattern(x *plan.Call, p place, not bool) *Cond {
	k, ok := constant(x.Args[len(x.Args)-1], value.TypeString)
	if !ok || p.kind != texts && p.kind != documents || p.fold {
		return c.cannot(x, "a pattern is for a field that is a text")
	}
	if re, err := regexp.Compile(k.Text); err == nil && re.MatchString("") {
		return c.cannot(x, "the pattern fits an empty text, and a rule finds no field that is not there by it")
	}
	return c.test(not, p.name+"|re", k.Text)
}

// part reads tests for a part of a text.
func (c *converter) part(x *plan.Call, p place, name string, not bool) *Cond {
	op, cased := strings.CutSuffix(name, "_cs")
	if len(x.Args) != 2 {
		return c.cannot(x, "a rule has nothing that says so")
	}
	k, ok := constant(x.Args[1], value.TypeString)
	if !ok || k.Text == "" || p.kind != texts && p.kind != documents && !(p.kind == lists && plainWord.MatchString(k.Text)) {
		return c.cannot(x, "a rule looks for a text in fields that are texts")
	}
	cased = cased && !p.fold
	switch op {
	case "contains", "startswith", "endswith":
		if p.kind == lists && op != "contains" {
			return c.cannot(x, "a list is tested by its elements: set_has_element(field, value)")
		}
		key := p.name + "|" + op
		if cased && hasCase(k.Text) {
			key += "|cased"
		}
		return c.test(not, key, escape(k.Text))
	case "has", "hasprefix", "hassuffix":
		return c.test(not, p.name+"|re", term(k.Text, op, !cased))
	}
	return c.cannot(x, "a rule has nothing that says so")
}

// plainWord is a text that can stand inside one element of a list only.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9._:/@-]+$`)

func (c *converter) terms(x *plan.Call, p place, every, not bool) *Cond {
	var parts []*Cond
	for _, a := range x.Args[1:] {
		k, ok := constant(a, value.TypeString)
		if !ok || k.Text == "" || p.kind != texts && p.kind != documents {
			return c.cannot(x, "a rule looks for words in fields that are texts")
		}
		parts = append(parts, c.test(not, p.name+"|re", term(k.Text, "has", true)))
	}
	switch {
	case len(parts) == 0:
		return c.cannot(x, "it looks for nothing")
	case every != not:
		return all(parts...)
	}
	return some(parts...)
}

// term is a pattern of a text as a whole term, as package fn has it: where it
// begins or ends with a letter or digit, none stands before or after it.
func term(text, op string, fold bool) string {
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	out := regexp.QuoteMeta(text)
	if op != "hassuffix" && wordRune(first) {
		out = `(?:^|[^\pL\p{Nd}])` + out
	}
	if op != "hasprefix" && wordRune(last) {
		out += `(?:[^\pL\p{Nd}]|$)`
	}
	if fold {
		out = "(?i)" + out
	}
	return out
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
