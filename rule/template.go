package rule

import (
	"cmp"
	"strings"
)

// Template is a text with values of fields in it.
type Template []TemplatePart

// TemplatePart is a text, or the name of a field in whose place its value
// stands.
type TemplatePart struct {
	Text, Field string
	// List puts the value in brackets: it may be several.
	List bool
	// Absent stands in place of a value that is not there; "" for <NA>.
	Absent string
}

// absentValue stands where a field has no value, as in Falco's alerts.
const absentValue = "<NA>"

// Render writes the text; value returns that of a field, or false where it
// has none.
func (t Template) Render(value func(field string) (string, bool)) string {
	var b strings.Builder
	for _, p := range t {
		if p.Field == "" {
			b.WriteString(p.Text)
			continue
		}
		v, ok := value(p.Field)
		switch {
		case !ok:
			v = cmp.Or(p.Absent, absentValue)
		case p.List:
			v = "(" + v + ")"
		}
		b.WriteString(v)
	}
	return b.String()
}

// Fields returns the names of the fields, each once, in order.
func (t Template) Fields() []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range t {
		if p.Field != "" && !seen[p.Field] {
			seen[p.Field] = true
			out = append(out, p.Field)
		}
	}
	return out
}
