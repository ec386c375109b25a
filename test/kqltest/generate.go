package kqltest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/bind"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Words are texts that operators on text tell apart in many ways: cases,
// letters beyond ASCII, those that change their length or form with case,
// characters that patterns and literals give a meaning, and nothing.
var Words = []string{
	"", "a", "A", "admin", "Admin", "ADMIN", "system:admin", "admin-1", "admin_x", "xadminx", "the admin did", "kube-system", "10.0.0.1", "10.0.0.10",
	"é", "É", "café", "CAFÉ au lait", "straße", "STRASSE", "İstanbul", "istanbul", "ΑΣ", "ας", "ασ", "ΣΑΣ ΑΣ", "ſecret", "Secret", "K", "k", "日本語", "日本 語",
	"a'b", `a"b`, `a\b`, "a%b", "a_b", "a{{b", "{{scan 0}}", "a\nb", "a\tb", " a ", "a.b", "a(b", "0", "-1", "true", "😀", "x😀y", "\u00a0", "ǅ", "ß", "ẞ",
}

// Numbers are integers at the edges of what can go wrong.
var Numbers = []int64{0, 1, -1, 2, 3, -3, 5, 7, 10, -10, 100, 200, 403, 1 << 31, -1 << 31, 1<<53 + 1, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1}

// Start is the time around which generated events lie: 2024-05-01 UTC.
const Start int64 = 1714521600 * value.Ticks

// Fields are the columns that generated tables have, by class.
func Fields(c event.Class) []*event.Field {
	names := []string{"time", "metadata.uid", "actor.user.name", "k8s.namespace"}
	switch c {
	case event.ClassAudit:
		names = append(names, "api.operation", "resource.name", "api.response.code", "audit.dry_run", "audit.user.groups", "audit.request_time", "raw_data")
	case event.ClassProcess:
		names = append(names, "process.cmd_line", "process.name", "process.pid")
	}
	out := make([]*event.Field, len(names))
	for i, n := range names {
		if out[i] = event.ByName(n); out[i] == nil {
			panic("no field " + n)
		}
	}
	return out
}

// Generate makes a table of n rows.
func Generate(r *rand.Rand, c event.Class, n int) *Table {
	t := &Table{Class: c, Fields: Fields(c)}
	for i := range n {
		row := make([]value.Value, len(t.Fields))
		for j, f := range t.Fields {
			row[j] = Random(r, f)
			if f.Name == "metadata.uid" {
				row[j] = value.String(fmt.Sprintf("%s-%04d", c, i))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Random makes a value of a field, absent now and then.
func Random(r *rand.Rand, f *event.Field) value.Value {
	t := bind.ColumnType(f.Type)
	if f.Name != "time" && t != value.TypeString && r.IntN(5) == 0 {
		return value.Null(t)
	}
	switch f.Type {
	case event.TypeInt:
		return value.Long(Numbers[r.IntN(len(Numbers))])
	case event.TypeBool:
		return value.Bool(r.IntN(2) == 0)
	case event.TypeTime:
		// Whole microseconds, of which some are the same.
		return value.Datetime(Start + 10*int64(r.IntN(20))*int64(1+r.IntN(3)*1000*1000*60))
	case event.TypeJSON:
		doc := &value.Bag{}
		doc.Set("requestObject", node(r, 3))
		doc.Set("annotations", node(r, 2))
		return value.Dynamic(doc.Node())
	case event.TypeStrings:
		var list []string
		for range 1 + r.IntN(3) {
			list = append(list, Words[r.IntN(len(Words))])
		}
		return value.Dynamic(value.Strings(list))
	}
	return value.String(Words[r.IntN(len(Words))])
}

// Keys are names of properties in generated documents.
var Keys = []string{"a", "b", "A", "b c", "x.y", "é", "spec"}

// node makes a dynamic value.
func node(r *rand.Rand, depth int) *value.Node {
	if depth > 0 && r.IntN(4) > 0 {
		bag := &value.Bag{}
		for range r.IntN(4) {
			bag.Set(Keys[r.IntN(len(Keys))], node(r, depth-1))
		}
		if r.IntN(4) > 0 {
			return bag.Node()
		}
		var items []*value.Node
		for range r.IntN(3) {
			items = append(items, node(r, depth-1))
		}
		return value.Array(items)
	}
	switch r.IntN(7) {
	case 0:
		return nil
	case 1:
		return value.FromValue(value.Bool(r.IntN(2) == 0))
	case 2:
		return value.FromValue(value.Long(Numbers[r.IntN(len(Numbers))]))
	case 3:
		return value.FromValue(value.Real([]float64{0, 1.5, -2.25, 1e10, 0.1, 1e300}[r.IntN(6)]))
	}
	return value.FromValue(value.String(Words[r.IntN(len(Words))]))
}
