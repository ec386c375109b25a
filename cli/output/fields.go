package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// FieldsSchema names the document of a list of fields.
const FieldsSchema = "lynceus.fields/v1"

// WriteFields writes fields with their types, meanings and Sigma names.
func WriteFields(w io.Writer, fields []*event.Field, o TextOptions) error {
	p := newPage(o)
	wide := 0
	for _, f := range fields {
		wide = max(wide, len(f.Name))
	}
	for _, f := range fields {
		text := f.Doc
		if len(f.Sigma) > 0 {
			text += " Sigma: " + strings.Join(f.Sigma, ", ") + "."
		}
		head := p.bold(fmt.Sprintf("%-*s", wide, f.Name)) + "  " + p.dim(fmt.Sprintf("%-8s", f.Type)) + "  "
		p.hang(head, wide+12, min(wide+12, p.width/2), text, nil)
	}
	return p.writeTo(w)
}

// WriteFieldsJSON writes fields as one document.
func WriteFieldsJSON(w io.Writer, fields []*event.Field) error {
	docs := []object{}
	for _, f := range fields {
		tables := []string{}
		for _, t := range f.Tables {
			tables = append(tables, t.String())
		}
		docs = append(docs, object{
			"name": f.Name, "type": f.Type.String(), "description": f.Doc, "tables": tables, "ocsf": f.OCSF,
			"sigma": nonNil(f.Sigma), "falco": nonNil(f.Falco),
		})
	}
	return writeJSON(w, object{"schema": FieldsSchema, "fields": docs})
}
