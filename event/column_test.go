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
