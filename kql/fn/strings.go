package fn

import (
	"strings"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/kql/value"
)

func stringFuncs() []*Func {
	word := func(name string, f func(string) string) *Func {
		return lax(name, 1, 1, value.TypeString, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return value.String(f(str(args[0])))
		})
	}
	return []*Func{
		word("tolower", strings.ToLower), word("toupper", strings.ToUpper), word("reverse", reverse),
		lax("strlen", 1, 1, value.TypeLong, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return value.Long(int64(utf8.RuneCountInString(str(args[0]))))
		}),
		lax("string_size", 1, 1, value.TypeLong, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return value.Long(int64(len(str(args[0]))))
		}),
		lax("strcat", 1, -1, value.TypeString, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return join(args, "")
		}),
		lax("strcat_delim", 2, -1, value.TypeString, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return join(args[1:], str(args[0]))
		}),
		lax("strcat_array", 2, 2, value.TypeString, []param{list, text}, strcatArray),
		lax("strcmp", 2, 2, value.TypeLong, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return value.Long(int64(strings.Compare(str(args[0]), str(args[1]))))
		}),
		lax("strrep", 2, 3, value.TypeString, []param{text, whole, text}, strrep),
		lax("substring", 2, 3, value.TypeString, []param{text, whole}, substring),
		lax("split", 2, 3, value.TypeDynamic, []param{text, text, whole}, split),
		lax("indexof", 2, 5, value.TypeLong, []param{text, text, whole}, indexOf),
		lax("replace_string", 3, 3, value.TypeString, []param{text}, replaceString),
		lax("replace_strings", 3, 3, value.TypeString, []param{text, list, list}, replaceStrings),
		lax("translate", 3, 3, value.TypeString, []param{text}, translate),
		lax("isascii", 1, 1, value.TypeBool, []param{text}, func(_ *Context, args []value.Value) value.Value {
			s := str(args[0])
			return value.Bool(strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0)
		}),
		lax("isutf8", 1, 1, value.TypeBool, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return value.Bool(utf8.ValidString(str(args[0])))
		}),
	}
}

func reverse(s string) string {
	runes := []rune(s)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}

func join(args []value.Value, sep string) value.Value {
	if len(args) == 1 {
		return value.String(str(args[0]))
	}
	var buf []byte
	for i, v := range args {
		if i > 0 {
			buf = append(buf, sep...)
		}
		if buf = v.AppendText(buf); len(buf) > MaxText {
			return value.String("")
		}
	}
	return value.String(string(buf))
}

func strcatArray(_ *Context, args []value.Value) value.Value {
	array := node(args[0])
	if !array.IsArray() {
		return value.String("")
	}
	items := make([]value.Value, len(array.Items))
	for i, item := range array.Items {
		items[i] = item.Value()
	}
	if len(items) == 0 {
		return value.String("")
	}
	return join(items, str(args[1]))
}

// strrep repeats a text, with a delimiter between.
func strrep(_ *Context, args []value.Value) value.Value {
	s, n, sep := str(args[0]), args[1].Int, ""
	if len(args) > 2 {
		sep = str(args[2])
	}
	if args[1].Null || n <= 0 || n > MaxItems || int64(len(s)+len(sep))*n > MaxText {
		return value.String("")
	}
	return value.String(strings.TrimSuffix(strings.Repeat(s+sep, int(n)), sep))
}

// substring counts characters; a negative start counts from the end.
func substring(_ *Context, args []value.Value) value.Value {
	s := str(args[0])
	start, length := args[1].Int, int64(len(s))
	if len(args) > 2 {
		length = args[2].Int
		if args[2].Null {
			return value.String("")
		}
	}
	if args[1].Null || length <= 0 {
		return value.String("")
	}
	if start < 0 {
		start = max(0, start+int64(utf8.RuneCountInString(s)))
	}
	return value.String(cut(cutStart(s, start), length))
}

// cutStart leaves out the first n characters.
func cutStart(s string, n int64) string {
	for ; n > 0 && s != ""; n-- {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}

// cut keeps the first n characters.
func cut(s string, n int64) string {
	if int64(len(s)) <= n {
		return s
	}
	return s[:len(s)-len(cutStart(s, n))]
}

// split gives all parts, or the one that is asked for in an array.
func split(_ *Context, args []value.Value) value.Value {
	s, sep := str(args[0]), str(args[1])
	parts := []string{s}
	if sep != "" {
		parts = strings.Split(s, sep)
	}
	if len(args) > 2 && !args[2].Null {
		i := args[2].Int
		if i < 0 || i >= int64(len(parts)) {
			return value.Dynamic(value.Array(nil))
		}
		parts = parts[i : i+1]
	}
	return value.Dynamic(value.Strings(parts))
}

// indexOf takes text, what to look for, and optionally where to start, how
// many characters to look at for each occurrence (-1 for all) and which one is
// wanted. Positions are in characters; -1 means not found.
func indexOf(_ *Context, args []value.Value) value.Value {
	return position(args, func(text string) (int, int) {
		needle := str(args[1])
		return strings.Index(text, needle), len(needle)
	})
}

// position finds the wanted occurrence; find gives the bytes before a match
// and its length, or -1.
func position(args []value.Value, find func(text string) (at, length int)) value.Value {
	s := str(args[0])
	start, length, occurrence := int64(0), int64(-1), int64(1)
	for i, to := range []*int64{&start, &length, &occurrence} {
		if i+2 < len(args) && !args[i+2].Null {
			*to = args[i+2].Int
		}
	}
	if start < 0 {
		start = max(0, start+int64(utf8.RuneCountInString(s)))
	}
	if occurrence < 1 || length < -1 {
		return value.Null(value.TypeLong)
	}
	window := cutStart(s, start)
	if window == "" && start > int64(utf8.RuneCountInString(s)) {
		return value.Long(-1)
	}
	for from := 0; from <= len(window); {
		look := window[from:]
		if length >= 0 {
			look = cut(look, length)
		}
		at, _ := find(look)
		if at < 0 {
			break
		}
		at += from
		if occurrence--; occurrence == 0 {
			return value.Long(start + int64(utf8.RuneCountInString(window[:at])))
		}
		_, size := utf8.DecodeRuneInString(window[at:])
		from = at + max(size, 1)
	}
	return value.Long(-1)
}

func replaceString(_ *Context, args []value.Value) value.Value {
	return value.String(replaceAll(str(args[0]), str(args[1]), str(args[2])))
}

// replaceAll leaves text as it is where the result would be too long.
func replaceAll(text, old, with string) string {
	if old == "" || strings.Count(text, old)*len(with)+len(text) > MaxText {
		return text
	}
	return strings.ReplaceAll(text, old, with)
}

// replaceStrings looks for one text after another, each in what those before
// it left alone. Where the replacement is no string, what was found stays.
func replaceStrings(_ *Context, args []value.Value) value.Value {
	s := str(args[0])
	old, with := node(args[1]), node(args[2])
	if !old.IsArray() || !with.IsArray() || len(old.Items) != len(with.Items) {
		return value.String("")
	}
	parts := []string{s} // each second one is done with
	for i := range old.Items {
		from, to := old.Items[i].Value().String(), with.Items[i].Value().Unwrap()
		if to.Type != value.TypeString {
			to = value.String(from)
		}
		size := 0
		parts = replaceParts(parts, from, to.Text)
		for _, p := range parts {
			size += len(p)
		}
		if size > MaxText {
			return value.String(s)
		}
	}
	return value.String(strings.Join(parts, ""))
}

// replaceParts replaces in the parts at even places and puts what it replaced
// at odd ones.
func replaceParts(parts []string, from, to string) []string {
	if from == "" {
		return parts
	}
	var out []string
	for i, part := range parts {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		for {
			before, after, found := strings.Cut(part, from)
			out = append(out, before)
			if !found {
				break
			}
			out = append(out, to)
			part = after
		}
	}
	return out
}

// translate replaces each character of the first argument by the one at its
// place in the second, whose last character stands for all that it lacks.
// Without replacements the characters are removed.
func translate(_ *Context, args []value.Value) value.Value {
	from, to := []rune(str(args[0])), []rune(str(args[1]))
	return value.String(strings.Map(func(r rune) rune {
		for i, f := range from {
			if f == r {
				if len(to) == 0 {
					return -1
				}
				return to[min(i, len(to)-1)]
			}
		}
		return r
	}, str(args[2])))
}
