package api

import (
	"net/http"

	"github.com/lynceus-io/lynceus/event"
)

// Table is a table as KQL knows it.
type Table struct {
	Name    string   `json:"name"`
	Doc     string   `json:"doc"`
	Columns []Column `json:"columns"`
}

// Column is a column of a table.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // of KQL
	Doc  string `json:"doc"`
	// OCSF is where the field stands in an exported document.
	OCSF string `json:"ocsf"`
}

// kqlTypes are the types that fields have in queries.
var kqlTypes = map[event.Type]string{
	event.TypeString: "string", event.TypeIP: "string", event.TypeInt: "long", event.TypeBool: "bool", event.TypeTime: "datetime",
	event.TypeStrings: "dynamic", event.TypeJSON: "dynamic",
}

func (c *call) schema() error {
	tables := []Table{}
	for _, class := range event.Classes() {
		t := Table{Name: class.String(), Doc: class.Doc(), Columns: []Column{}}
		fields := event.Fields()
		for i := range fields {
			f := &fields[i]
			_, inside := f.DocumentPath()
			if f.In(class) && (inside || f.Origin != event.Derived) {
				t.Columns = append(t.Columns, Column{f.Name, kqlTypes[f.Type], f.Doc, f.OCSF})
			}
		}
		tables = append(tables, t)
	}
	return c.json(http.StatusOK, map[string]any{"tables": tables})
}
