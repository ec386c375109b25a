package sql

import (
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// dynamicFuncs are functions of dynamic values.
var dynamicFuncs = map[string]writeFunc{
	".":  member,
	"[]": member,
}

// json is where a dynamic value stands in a JSON text.
type json struct {
	text string // the text in SQL, "" where the value is none in JSON
	raw  bool   // text may be no JSON: it comes from outside
	keys []jsonKey
}

// jsonKey is a property's name or an element's number.
type jsonKey struct {
	name  string
	index int64
	array bool
}

// maxKeys bounds how deep a path may go.
const maxKeys = 64

// documentText reads the raw document whole.
func (w *writer) documentText(name string) expr {
	sql := w.pick("nullif("+name+", '')", "nullIf("+name+", '')")
	return expr{sql: sql, typ: value.TypeDynamic, simple: true, column: rawColumn, json: json{text: name, raw: true}}
}

// document reads what stands at a dotted path of the raw document.
func (w *writer) document(path string) (expr, bool) {
	j := json{text: ident(rawColumn), raw: true}
	for _, k := range strings.Split(path, ".") {
		j.keys = append(j.keys, jsonKey{name: k})
	}
	return w.extract(j)
}

// member reads a property by a constant name, or an element by a constant
// number.
func member(w *writer, c *invocation) (expr, bool) {
	of, k := c.args[0], c.args[1]
	if of.typ != value.TypeDynamic || k.konst == nil || k.konst.Null {
		return expr{}, false
	}
	j := of.json
	if j.text == "" {
		if of.stored != "" || !of.simple || of.konst != nil || w.d == ClickHouse {
			return expr{}, false
		}
		j = json{text: of.sql}
	}
	key := jsonKey{name: k.konst.Text}
	switch {
	case k.typ == value.TypeString:
	case integral(k.typ) && k.konst.Int >= 0 && w.d == DuckDB:
		key = jsonKey{index: k.konst.Int, array: true}
	default:
		return expr{}, false // a number means a property to ClickHouse, too
	}
	j.keys = append(j.keys[:len(j.keys):len(j.keys)], key)
	return w.extract(j)
}

// extract reads a value as JSON text; NULL where nothing, or null, stands
// there.
func (w *writer) extract(j json) (expr, bool) {
	args, ok := w.path(j)
	if !ok {
		return expr{}, false
	}
	sql := "json_extract(" + j.text + ", " + args + ")"
	if j.raw {
		sql = "TRY(" + sql + ")"
	}
	sql = "nullif(CAST(" + sql + " AS VARCHAR), 'null')"
	if w.d == ClickHouse {
		sql = "nullIf(nullIf(JSONExtractRaw(" + j.text + ", " + args + "), ''), 'null')"
	}
	return expr{sql: sql, typ: value.TypeDynamic, json: j, virtual: w.d == ClickHouse}, true
}

// path writes the keys as the engine's functions take them.
func (w *writer) path(j json) (string, bool) {
	if len(j.keys) > maxKeys {
		return "", false
	}
	var list []string
	b := strings.Builder{}
	b.WriteString("$")
	for _, k := range j.keys {
		if k.array {
			b.WriteString("[" + strconv.FormatInt(k.index, 10) + "]")
			continue
		}
		lit, ok := w.literal(k.name)
		if !ok || k.name == "" || strings.ContainsAny(k.name, `"\*`) {
			return "", false
		}
		list = append(list, lit)
		b.WriteString(`."` + k.name + `"`)
	}
	if w.d == ClickHouse {
		return strings.Join(list, ", "), true
	}
	return w.literal(b.String())
}

// jsonEqual writes that the value is, as text, a constant text of which it is
// sure that only a JSON string, or true and false, print so.
func (w *writer) jsonEqual(x expr, constant string) (expr, bool) {
	lit, ok := w.literal(constant)
	args, ok2 := w.path(x.json)
	if !ok || !ok2 || len(x.json.keys) == 0 || !plainText(constant) {
		return expr{}, false
	}
	if w.d == ClickHouse {
		if constant == "true" || constant == "false" {
			return expr{}, false
		}
		return boolean("(JSONExtractString("+x.json.text+", "+args+") = "+lit+")", true), true
	}
	sql := "json_extract_string(" + x.json.text + ", " + args + ")"
	if x.json.raw {
		sql = "TRY(" + sql + ")"
	}
	cond := "(" + sql + " = " + lit + ")"
	return expr{sql: "coalesce(" + cond + ", false)", cond: cond, typ: value.TypeBool, notNull: true}, true
}

// plainText reports whether s cannot be how a number, an array or a bag
// prints, and is not empty as a null is.
func plainText(s string) bool {
	return s != "" && s[0] >= 'A' && s[0] != '[' && s[0] != '{' && s != "NaN" && s != "Infinity"
}

// textOf returns what a comparison with text compares: of tostring(x) and of
// a dynamic x the same, so that tostring may go.
func textOf(e plan.Expr) plan.Expr {
	if c, ok := e.(*plan.Call); ok && c.Fn.Name == "tostring" && len(c.Args) == 1 && c.Args[0].Type() == value.TypeDynamic {
		return c.Args[0]
	}
	return e
}
