package event

import "strings"

// Column returns the name of the field's column in every store: its name with
// underscores for dots, since dotted names mean nested columns to some engines.
// A test holds that no two fields share one.
func (f *Field) Column() string { return strings.ReplaceAll(f.Name, ".", "_") }

// Columns returns the fields that a store keeps as columns of table c, in
// order of field number. Fields that are read out of the document (derived
// ones, and JSON fields other than raw_data) are none: see DocumentPath.
func Columns(c Class) []*Field {
	var out []*Field
	for i := range registry {
		f := &registry[i]
		if !f.In(c) || f.Origin == Derived {
			continue
		}
		if _, inside := documentRoots[f.Name]; inside {
			continue
		}
		out = append(out, f)
	}
	return out
}

// DocumentPath returns where in raw_data a field stands that is no column of
// its own; ok is false for a column, and for a derived field with several
// places.
func (f *Field) DocumentPath() (path string, ok bool) {
	path, ok = documentRoots[f.Name]
	return path, ok
}
