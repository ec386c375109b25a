package event

import "testing"

func TestColumnsAreDistinct(t *testing.T) {
	for _, c := range Classes() {
		seen := map[string]string{}
		for _, f := range Columns(c) {
			if other, dup := seen[f.Column()]; dup {
				t.Errorf("%s: %s and %s share column %s", c, f.Name, other, f.Column())
			}
			seen[f.Column()] = f.Name
			if _, inside := f.DocumentPath(); inside {
				t.Errorf("%s: %s is a column and part of the document", c, f.Name)
			}
		}
		if seen["time"] == "" || seen["metadata_uid"] == "" || seen["raw_data"] == "" {
			t.Errorf("%s lacks a common column", c)
		}
	}
}

// Stores index by Search without looking at the rest of a declaration.
func TestSearchFitsTheType(t *testing.T) {
	for _, f := range Fields() {
		text := f.Type == TypeString || f.Type == TypeIP
		switch {
		case f.Search.Has(SearchFolded) && !f.Search.Has(SearchExact):
			t.Errorf("%s is looked for in any case, but not by its exact value", f.Name)
		case f.Search.Has(SearchExact) && !text:
			t.Errorf("%s is a %s and is looked for by its exact value", f.Name, f.Type)
		case f.Search.Has(SearchPart) && !text && f.Type != TypeJSON:
			t.Errorf("%s is a %s and is looked for by a part", f.Name, f.Type)
		case f.Search != 0 && f.Origin == Derived:
			t.Errorf("%s is no column and is to be indexed", f.Name)
		}
	}
}
