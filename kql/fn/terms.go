package fn

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/kql/value"
)

// The operators that look for text in text. Their names are built of what
// they test, a leading ! for the opposite and a trailing _cs where case
// matters.
func terms() []*Func {
	tests := map[string]func(text, needle string) bool{
		"has":        func(t, n string) bool { return hasTerm(t, n, true, true) },
		"hasprefix":  func(t, n string) bool { return hasTerm(t, n, true, false) },
		"hassuffix":  func(t, n string) bool { return hasTerm(t, n, false, true) },
		"contains":   strings.Contains,
		"startswith": strings.HasPrefix,
		"endswith":   strings.HasSuffix,
	}
	var all []*Func
	for name, test := range tests {
		folded := func(text, needle string) bool {
			return test(value.Fold(text), value.Fold(needle))
		}
		all = append(all, textTest(name, folded, false), textTest("!"+name, folded, true),
			textTest(name+"_cs", test, false), textTest("!"+name+"_cs", test, true))
	}
	same := func(a, b string) bool { return a == b }
	return append(all,
		textTest("=~", value.EqualFold, false), textTest("!~", value.EqualFold, true),
		listTest("in", same, false), listTest("!in", same, true),
		listTest("in~", value.EqualFold, false), listTest("!in~", value.EqualFold, true),
		hasList("has_any", false), hasList("has_all", true),
		&Func{Name: "matches regex", Min: 2, Max: 2, Result: func(args []Arg) (value.Type, error) {
			return value.TypeBool, patternArg(args, 1)
		}, Eval: func(c *Context, args []value.Value) value.Value {
			re := c.Pattern(str(args[1]))
			return value.Bool(re != nil && re.MatchString(str(args[0])))
		}})
}

func textTest(name string, test func(text, needle string) bool, not bool) *Func {
	return lax(name, 2, 2, value.TypeBool, []param{text}, func(_ *Context, args []value.Value) value.Value {
		return value.Bool(test(str(args[0]), str(args[1])) != not)
	})
}

// listTest makes an operator that asks whether the first argument is equal to
// one of the others, where an array stands for its elements.
func listTest(name string, same func(a, b string) bool, not bool) *Func {
	result := func(args []Arg) (value.Type, error) {
		for i := 1; i < len(args); i++ {
			if err := comparableTo(args, i); err != nil {
				return value.TypeBool, err
			}
		}
		return value.TypeBool, nil
	}
	return &Func{Name: name, Min: 1, Max: -1, Result: result, Eval: func(_ *Context, args []value.Value) value.Value {
		x := args[0]
		equal := func(item value.Value) bool {
			if x.Type == value.TypeString || item.Type == value.TypeString {
				return same(str(x), str(item))
			}
			return value.Equal(x, item)
		}
		for _, arg := range args[1:] {
			if arg.Type == value.TypeDynamic && arg.Node.IsArray() {
				for _, item := range arg.Node.Items {
					if item != nil && equal(item.Value().Unwrap()) {
						return value.Bool(!not)
					}
				}
			} else if equal(arg) {
				return value.Bool(!not)
			}
		}
		return value.Bool(not)
	}}
}

// hasList makes has_any and has_all.
func hasList(name string, all bool) *Func {
	return lax(name, 2, -1, value.TypeBool, []param{text}, func(_ *Context, args []value.Value) value.Value {
		text := value.Fold(str(args[0]))
		found := all
		eachText(args[1:], func(needle string) bool {
			found = hasTerm(text, value.Fold(needle), true, true)
			return found == all
		})
		return value.Bool(found)
	})
}

// eachText calls visit with each argument as text, the elements of an array
// one by one, until it returns false.
func eachText(args []value.Value, visit func(string) bool) {
	for _, arg := range args {
		if arg.Type != value.TypeDynamic || !arg.Node.IsArray() {
			if !visit(str(arg)) {
				return
			}
			continue
		}
		for _, item := range arg.Node.Items {
			if !visit(str(item.Value())) {
				return
			}
		}
	}
}

// hasTerm reports whether needle stands in text so that the marked ends of it
// are ends of terms, too. A term is a longest run of letters and digits; an
// end of needle that is neither is an end of a term by itself.
func hasTerm(text, needle string, start, end bool) bool {
	if needle == "" {
		return true
	}
	first, _ := utf8.DecodeRuneInString(needle)
	last, _ := utf8.DecodeLastRuneInString(needle)
	start = start && termRune(first)
	end = end && termRune(last)
	for from := 0; ; {
		i := strings.Index(text[from:], needle)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(needle):])
		if (!start || i == 0 || !termRune(before)) && (!end || i+len(needle) == len(text) || !termRune(after)) {
			return true
		}
		from = i + 1
	}
}

// termRune reports whether r belongs to a term.
func termRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
