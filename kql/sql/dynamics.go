package sql

import (
	"strings"
)

// dynamicFuncs are functions of dynamic values.
var dynamicFuncs = map[string]writeFunc{}

// documentText reads the raw document whole.
func (w *writer) documentText(name string) string {
	return w.pick("nullif("+name+", '')", "nullIf("+name+", '')")
}

// document reads what stands at a dotted path in the raw document, as JSON
// text; NULL where nothing or null stands there, or the document is none.
func (w *writer) document(path string) (sql string, ok bool) {
	keys := strings.Split(path, ".")
	if w.d == DuckDB {
		lit, ok := w.literal(`$."` + strings.Join(keys, `"."`) + `"`)
		return "nullif(CAST(TRY(json_extract(" + ident(rawColumn) + ", " + lit + ")) AS VARCHAR), 'null')", ok
	}
	list := make([]string, len(keys))
	for i, k := range keys {
		if list[i], ok = w.literal(k); !ok {
			return "", false
		}
	}
	raw := "JSONExtractRaw(" + ident(rawColumn) + ", " + strings.Join(list, ", ") + ")"
	return "nullIf(nullIf(" + raw + ", ''), 'null')", true
}
