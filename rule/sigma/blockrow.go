package sigma

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/event"
)

// Members of a row that a test need not give.
const (
	rowClass    = "class"
	rowActivity = "activity"
)

// table returns the table of a test's event: the one that it names as its
// class, else the rule's, which is the audit log where rules on several are
// joined and that is one of them.
func (b *blockReader) table(e *yaml.Node) event.Class {
	if _, v := member(e, rowClass); v != nil {
		if c, ok := event.ClassByName(v.Value); ok {
			return c
		}
		b.d.errorAt(pos(v), "lynceus.tests", "", "there is no table %q", v.Value)
		return event.ClassAudit
	}
	for _, c := range b.tables {
		if len(b.tables) == 1 || c == event.ClassAudit {
			return c
		}
	}
	b.d.errorAt(pos(e), "lynceus.tests", "give each event a class", "the rules that are joined read several tables")
	return event.ClassAudit
}

// rowEvent writes one row of a table other than the audit log's, in the form
// of package event/jsonl, and fills in what every row has and a test need not
// say. A process is launched.
func rowEvent(e *yaml.Node, table event.Class, copyNumber int, seed string, at time.Time) []byte {
	sum := sha256.Sum256([]byte(seed))
	out := []byte(`{"class":"` + table.String() + `"`)
	for _, m := range [...]struct{ name, value string }{
		{event.Lookup(event.MetadataUID.ID()).Name, hex.EncodeToString(sum[:16])},
		{event.Lookup(event.Time.ID()).Name, at.Format(time.RFC3339Nano)},
		{rowActivity, "Launch"},
	} {
		if key, _ := member(e, m.name); key == nil && (m.name != rowActivity || table == event.ClassProcess) {
			out = append(out, `,"`+m.name+`":"`+m.value+`"`...)
		}
	}
	rest := appendJSON(nil, e, copyNumber, func(key string) bool { return strings.HasPrefix(key, "_") || key == rowClass })
	if len(rest) > len("{}") {
		out = append(out, ',')
	}
	return append(out, rest[1:]...)
}

// checkRow records which members of a row are none of its table's fields, or
// of another type.
func (b *blockReader) checkRow(e *yaml.Node, table event.Class) {
	pairs(e, func(key, v *yaml.Node) {
		f := event.ByName(key.Value)
		switch {
		case key.Value == rowClass || strings.HasPrefix(key.Value, "_"):
		case f == nil || !f.In(table):
			b.d.errorAt(pos(key), "lynceus.tests", b.d.fieldAdvice(key.Value), "%s has no field %q", table, key.Value)
		case !fits(real(v), f.Type):
			b.d.errorAt(pos(v), "lynceus.tests", "", "%s is to be of type %s, not %s", f.Name, f.Type, describe(v))
		}
	})
}

// fits reports whether a value can be one of a field of a type.
func fits(v *yaml.Node, t event.Type) bool {
	switch t {
	case event.TypeStrings:
		return v.Kind == yaml.SequenceNode && !slices.ContainsFunc(v.Content, func(w *yaml.Node) bool { return real(w).Tag != "!!str" })
	case event.TypeInt:
		return v.Tag == "!!int"
	case event.TypeBool:
		return v.Tag == "!!bool"
	}
	return v.Tag == "!!str"
}
