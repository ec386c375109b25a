package sql

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/kql/value"
)

var termFuncs = termTable()

// termTable holds the operators that look for a constant text in text, with
// their opposites (!) and the forms where case matters (_cs).
func termTable() map[string]writeFunc {
	tests := map[string]func(w *writer, text, needle string) (string, bool){
		"has":        func(w *writer, text, needle string) (string, bool) { return w.hasTerm(text, needle, true, true) },
		"hasprefix":  func(w *writer, text, needle string) (string, bool) { return w.hasTerm(text, needle, true, false) },
		"hassuffix":  func(w *writer, text, needle string) (string, bool) { return w.hasTerm(text, needle, false, true) },
		"contains":   (*writer).containsText,
		"startswith": (*writer).startsWith,
		"endswith":   (*writer).endsWith,
	}
	out := map[string]writeFunc{
		"=~":            foldedEqual,
		"!~":            notOf(foldedEqual),
		"in":            inList,
		"!in":           notOf(inList),
		"in~":           inFolded,
		"!in~":          notOf(inFolded),
		"has_any":       func(w *writer, c *invocation) (expr, bool) { return w.hasSeveral(c, " OR ") },
		"has_all":       func(w *writer, c *invocation) (expr, bool) { return w.hasSeveral(c, " AND ") },
		"matches regex": matchesRegex,
	}
	for name, test := range tests {
		exact := func(w *writer, c *invocation) (expr, bool) {
			if !c.types(value.TypeString, value.TypeString) || c.args[1].konst == nil {
				return expr{}, false
			}
			sql, ok := test(w, c.args[0].sql, c.args[1].konst.Text)
			return boolean(sql, true), ok
		}
		folded := func(w *writer, c *invocation) (expr, bool) {
			if !c.types(value.TypeString, value.TypeString) || c.args[1].konst == nil {
				return expr{}, false
			}
			needle := value.Fold(c.args[1].konst.Text)
			sql, ok := test(w, w.foldFor(c.args[0].sql, needle), needle)
			return boolean(sql, true), ok
		}
		out[name], out["!"+name] = folded, notOf(folded)
		out[name+"_cs"], out["!"+name+"_cs"] = exact, notOf(exact)
	}
	return out
}

// fold writes a text in lower case, letter by letter, as value.Fold does.
// ClickHouse makes two letters of a capital dotted I, and another letter of a
// capital sigma where a word ends: they are put in lower case before.
func (w *writer) fold(sql string) string {
	return w.pick("lower("+sql+")", "lowerUTF8(replaceAll(replaceAll("+sql+", 'İ', 'i'), 'Σ', 'σ'))")
}

// foldFor writes a text in lower case to be compared with constants. Where
// they have no sigma its form does not matter: this is the text that the
// tables' indexes hold.
func (w *writer) foldFor(sql string, constants ...string) string {
	for _, c := range constants {
		if strings.ContainsAny(c, "σς") {
			return w.fold(sql)
		}
	}
	return w.pick("lower("+sql+")", "lowerUTF8(replaceAll("+sql+", 'İ', 'i'))")
}

func (w *writer) containsText(text, needle string) (string, bool) {
	if needle == "" {
		return "true", true
	}
	if w.d == ClickHouse {
		// The form that its n-gram indexes serve.
		lit, ok := w.literal("%" + likeEscape.Replace(needle) + "%")
		return "(" + text + " LIKE " + lit + ")", ok
	}
	lit, ok := w.literal(needle)
	return "contains(" + text + ", " + lit + ")", ok
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (w *writer) startsWith(text, needle string) (string, bool) {
	lit, ok := w.literal(needle)
	return w.pick("starts_with("+text+", "+lit+")", "startsWith("+text+", "+lit+")"), ok
}

func (w *writer) endsWith(text, needle string) (string, bool) {
	lit, ok := w.literal(needle)
	return w.pick("ends_with("+text+", "+lit+")", "endsWith("+text+", "+lit+")"), ok
}

// hasTerm writes that needle stands in text with the marked ends at the ends
// of terms: the quick search first, then the ends by a regular expression.
func (w *writer) hasTerm(text, needle string, start, end bool) (string, bool) {
	found, ok := w.containsText(text, needle)
	first, _ := utf8.DecodeRuneInString(needle)
	last, _ := utf8.DecodeLastRuneInString(needle)
	start, end = start && termRune(first), end && termRune(last)
	if !ok || needle == "" || !start && !end {
		return found, ok
	}
	pattern := regexp.QuoteMeta(needle)
	if start {
		pattern = `(?:^|[^\p{L}\p{Nd}])` + pattern
	}
	if end {
		pattern += `(?:$|[^\p{L}\p{Nd}])`
	}
	matched, ok := w.matches(text, pattern)
	return "(" + found + " AND " + matched + ")", ok
}

// termRune reports whether r belongs to a term, as package fn has it.
func termRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// maxPattern bounds the regular expressions that are given to an engine, each
// of which has limits of its own.
const maxPattern = 512

// matches writes that a regular expression of RE2 matches a part of text. In
// one engine a dot matches a line feed unless told otherwise.
func (w *writer) matches(text, pattern string) (string, bool) {
	lit, ok := w.literal("(?-s)" + pattern)
	return w.pick("regexp_matches("+text+", "+lit+")", "match("+text+", "+lit+")"), ok && len(pattern) <= maxPattern
}

func matchesRegex(w *writer, c *invocation) (expr, bool) {
	if !c.types(value.TypeString, value.TypeString) || c.args[1].konst == nil {
		return expr{}, false
	}
	pattern := c.args[1].konst.Text
	if _, err := regexp.Compile(pattern); err != nil {
		return expr{}, false
	}
	sql, ok := w.matches(c.args[0].sql, pattern)
	return boolean(sql, true), ok
}

func foldedEqual(w *writer, c *invocation) (expr, bool) {
	if !c.types(value.TypeString, value.TypeString) {
		return expr{}, false
	}
	x, y := c.args[0], c.args[1]
	if x.konst != nil {
		x, y = y, x
	}
	if y.konst == nil {
		return boolean("("+w.fold(x.sql)+" = "+w.fold(y.sql)+")", true), true
	}
	folded := value.Fold(y.konst.Text)
	lit, ok := w.literal(folded)
	return boolean("("+w.foldFor(x.sql, folded)+" = "+lit+")", true), ok
}

// hasSeveral writes has_any and has_all of constants.
func (w *writer) hasSeveral(c *invocation, op string) (expr, bool) {
	items, ok := constants(c.args[1:])
	if !ok || c.args[0].typ != value.TypeString || len(items) == 0 {
		return expr{}, false
	}
	tests := make([]string, len(items))
	for i, v := range items {
		if v.Type != value.TypeString {
			return expr{}, false
		}
		needle := value.Fold(v.Text)
		if tests[i], ok = w.hasTerm(w.foldFor(c.args[0].sql, needle), needle, true, true); !ok {
			return expr{}, false
		}
	}
	return boolean("("+strings.Join(tests, op)+")", true), true
}

// inList is never NULL: a null is in no list.
func inList(w *writer, c *invocation) (expr, bool) {
	same := func(s string) string { return s }
	return w.inConstants(c, func(s string, _ ...string) string { return s }, same)
}

func inFolded(w *writer, c *invocation) (expr, bool) {
	return w.inConstants(c, w.foldFor, value.Fold)
}

func (w *writer) inConstants(c *invocation, fold func(sql string, constants ...string) string, foldConst func(string) string) (expr, bool) {
	items, ok := constants(c.args[1:])
	x := c.args[0]
	if !ok || x.typ == value.TypeReal {
		return expr{}, false
	}
	if x.typ == value.TypeDynamic {
		return w.inDocument(c, x, items)
	}
	if x.typ != value.TypeString {
		return w.inNumbers(x, items)
	}
	var list, texts []string
	for _, v := range items {
		if v.Type != value.TypeString {
			return expr{}, false
		}
		texts = append(texts, foldConst(v.Text))
		lit, ok := w.literal(texts[len(texts)-1])
		if !ok {
			return expr{}, false
		}
		list = append(list, lit)
	}
	if list == nil {
		return boolean("false", true), true
	}
	return boolean("("+fold(x.sql, texts...)+" IN ("+strings.Join(list, ", ")+"))", true), true
}

func (w *writer) inNumbers(x expr, items []value.Value) (expr, bool) {
	var list []string
	for _, v := range items {
		if v.Type != x.typ && !(v.Type.Numeric() && integral(v.Type) && x.typ.Numeric()) {
			return expr{}, false
		}
		if !v.Null {
			e, ok := w.constant(v)
			if !ok {
				return expr{}, false
			}
			list = append(list, e.sql)
		}
	}
	if list == nil {
		return boolean("false", true), true
	}
	cond := "(" + x.sql + " IN (" + strings.Join(list, ", ") + "))"
	if x.notNull {
		return boolean(cond, true), true
	}
	return expr{sql: "coalesce(" + cond + ", false)", cond: cond, typ: value.TypeBool, notNull: true}, true
}

// constants returns the values of constant arguments, the elements of an
// array one by one.
func constants(args []expr) ([]value.Value, bool) {
	var out []value.Value
	for _, a := range args {
		if a.konst == nil {
			return nil, false
		}
		if a.typ != value.TypeDynamic {
			out = append(out, *a.konst)
			continue
		}
		n := a.konst.Node
		if n == nil || n.Kind != value.NodeArray {
			return nil, false
		}
		for _, item := range n.Items {
			if item == nil || item.Kind != value.NodeScalar {
				return nil, false
			}
			out = append(out, item.Scalar)
		}
	}
	return out, true
}

// inDocument writes that a value in a document is one of several texts.
func (w *writer) inDocument(c *invocation, x expr, items []value.Value) (expr, bool) {
	if x.json.text == "" || len(items) == 0 || strings.HasSuffix(c.call.Fn.Name, "~") {
		return expr{}, false
	}
	values, conds := make([]string, len(items)), make([]string, len(items))
	for i, v := range items {
		e, ok := w.jsonEqual(x, v.Text)
		if !ok || v.Type != value.TypeString {
			return expr{}, false
		}
		values[i], conds[i] = e.sql, e.test()
	}
	e := boolean("("+strings.Join(values, " OR ")+")", true)
	e.cond = "(" + strings.Join(conds, " OR ") + ")"
	return e, true
}
