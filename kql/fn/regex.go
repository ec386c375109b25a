package fn

import (
	"regexp"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

func regexFuncs() []*Func {
	pattern := func(f *Func, i int) *Func {
		inner := f.Result
		f.Result = func(args []Arg) (value.Type, error) {
			t, err := inner(args)
			if err == nil {
				err = patternArg(args, i)
			}
			return t, err
		}
		return f
	}
	trim := func(name, left, right string) *Func {
		return pattern(lax(name, 2, 2, value.TypeString, []param{text}, func(c *Context, args []value.Value) value.Value {
			s := str(args[1])
			if left != "" {
				if re := c.Pattern(left + str(args[0]) + ")+"); re != nil {
					s = s[len(re.FindString(s)):]
				}
			}
			if right != "" {
				if re := c.Pattern("(?:" + str(args[0]) + right); re != nil {
					s = s[:len(s)-len(re.FindString(s))]
				}
			}
			return value.String(s)
		}), 0)
	}
	return []*Func{
		pattern(typed(lax("extract", 3, 4, value.TypeString, nil, extract), extractType), 0),
		pattern(lax("extract_all", 2, 3, value.TypeDynamic, []param{anyArg}, extractAll), 0),
		pattern(lax("replace_regex", 3, 3, value.TypeString, []param{text}, func(c *Context, args []value.Value) value.Value {
			return replaceRegex(c, str(args[0]), str(args[1]), str(args[2]))
		}), 1),
		pattern(lax("replace", 3, 3, value.TypeString, []param{text}, func(c *Context, args []value.Value) value.Value {
			return replaceRegex(c, str(args[2]), str(args[0]), str(args[1]))
		}), 0),
		pattern(lax("indexof_regex", 2, 5, value.TypeLong, []param{text, text, whole}, indexOfRegex), 1),
		lax("countof", 2, 3, value.TypeLong, []param{text}, countOf),
		lax("regex_quote", 1, 1, value.TypeString, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return value.String(regexp.QuoteMeta(str(args[0])))
		}),
		trim("trim", "^(?:", ")+$"), trim("trim_start", "^(?:", ""), trim("trim_end", "", ")+$"),
	}
}

// extractType takes pattern, group, text and the type of the result.
func extractType(args []Arg) (value.Type, error) {
	if err := check(args[:3], text, whole, text); err != nil {
		return value.TypeNone, err
	}
	if len(args) < 4 {
		return value.TypeString, nil
	}
	return typeArg(args, 3)
}

func extract(c *Context, args []value.Value) value.Value {
	found := ""
	if re := c.Pattern(str(args[0])); re != nil {
		m := re.FindStringSubmatch(str(args[2]))
		if i := args[1].Int; !args[1].Null && i >= 0 && i < int64(len(m)) {
			found = m[i]
		}
	}
	if len(args) < 4 {
		return value.String(found)
	}
	t, _ := value.ParseType(str(args[3]))
	return value.Convert(value.String(found), t)
}

// extractAll gives the groups of every match: those named or numbered by the
// argument in the middle, else all. One group gives an array of text, several
// an array of arrays.
func extractAll(c *Context, args []value.Value) value.Value {
	re := c.Pattern(str(args[0]))
	if re == nil {
		return value.Null(value.TypeDynamic)
	}
	groups := []int{}
	for i := 1; i <= re.NumSubexp(); i++ {
		groups = append(groups, i)
	}
	if len(args) > 2 {
		if groups = chosenGroups(re, node(args[1])); groups == nil {
			return value.Null(value.TypeDynamic)
		}
	}
	if len(groups) == 0 {
		groups = []int{0}
	}
	var items []*value.Node
	for _, m := range re.FindAllStringSubmatch(str(args[len(args)-1]), -1) {
		found := make([]string, len(groups))
		for i, g := range groups {
			found[i] = m[g]
		}
		if len(groups) == 1 {
			items = append(items, value.FromValue(value.String(found[0])))
		} else {
			items = append(items, value.Strings(found))
		}
	}
	if items == nil {
		return value.Null(value.TypeDynamic)
	}
	return value.Dynamic(value.Array(items))
}

// chosenGroups returns nil where one of the groups does not exist.
func chosenGroups(re *regexp.Regexp, chosen *value.Node) []int {
	if !chosen.IsArray() {
		return nil
	}
	groups := []int{}
	for _, item := range chosen.Items {
		v := item.Value().Unwrap()
		i := int(v.Int)
		if v.Type == value.TypeString {
			i = re.SubexpIndex(v.Text)
		}
		if v.Null || i < 0 || i > re.NumSubexp() {
			return nil
		}
		groups = append(groups, i)
	}
	return groups
}

// replaceRegex replaces each match; \0 to \9 in with stand for groups.
func replaceRegex(c *Context, s, pattern, with string) value.Value {
	re := c.Pattern(pattern)
	if re == nil {
		return value.String(s)
	}
	var out []byte
	last := 0
	for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
		out = append(out, s[last:m[0]]...)
		out = expand(out, with, s, m)
		if last = m[1]; len(out) > MaxText {
			return value.String(s)
		}
	}
	return value.String(string(append(out, s[last:]...)))
}

func expand(out []byte, with, s string, m []int) []byte {
	for {
		i := strings.IndexByte(with, '\\')
		if i < 0 || i+1 == len(with) {
			return append(out, with...)
		}
		out = append(out, with[:i]...)
		d := with[i+1]
		with = with[i+2:]
		if d < '0' || d > '9' {
			out = append(out, d)
		} else if g := 2 * int(d-'0'); g+1 < len(m) && m[g] >= 0 {
			out = append(out, s[m[g]:m[g+1]]...)
		}
	}
}

func indexOfRegex(c *Context, args []value.Value) value.Value {
	re := c.Pattern(str(args[1]))
	if re == nil {
		return value.Null(value.TypeLong)
	}
	return position(args, func(text string) (int, int) {
		if m := re.FindStringIndex(text); m != nil {
			return m[0], m[1] - m[0]
		}
		return -1, 0
	})
}

// countOf counts occurrences: of plain text also those that overlap, of a
// regular expression those that do not.
func countOf(c *Context, args []value.Value) value.Value {
	s, what := str(args[0]), str(args[1])
	if len(args) > 2 && str(args[2]) == "regex" {
		if re := c.Pattern(what); re != nil {
			return value.Long(int64(len(re.FindAllStringIndex(s, -1))))
		}
		return value.Null(value.TypeLong)
	}
	var n int64
	for what != "" {
		i := strings.Index(s, what)
		if i < 0 {
			break
		}
		n++
		s = s[i+1:]
	}
	return value.Long(n)
}
