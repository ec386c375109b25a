package falco

import (
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// What the registry says Falco calls a field is what a rule means by the name:
// one of its places in some table.
func TestRegistryNames(t *testing.T) {
	for _, f := range event.Fields() {
		for _, name := range f.Falco {
			if !means(name, f.ID) {
				t.Errorf("%s: by %s a Falco rule does not mean it", f.Name, name)
			}
		}
	}
}

func means(name string, id event.FieldID) bool {
	p := &parser{lexer: lexer{text: name}}
	field, _ := p.name()
	o, err := p.operandNamed(0, field, true)
	if err != nil {
		return false
	}
	for source, classes := range tables {
		r, known := findRow(source, field)
		if known != fieldKnown {
			continue
		}
		for _, class := range classes {
			if slices.ContainsFunc(r.in(class, o).places, func(l located) bool { return l.ref.Field == id }) {
				return true
			}
		}
	}
	return false
}
