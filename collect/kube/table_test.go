package kube

import (
	"slices"
	"testing"
)

func TestTable(t *testing.T) {
	tb := table{entries: map[key]entry{{"ns", "known"}: {uid: "k"}, {"ns", "gone"}: {uid: "g"}}}
	tb.begin()
	tests := []struct {
		name, uid        string
		hash             uint64
		isNew, isChanged bool
		replaced         string
	}{
		{"known", "k", 1, false, true, ""},
		{"new", "n", 1, true, false, ""},
		{"new", "n", 1, false, false, ""},
		{"new", "n", 2, false, true, ""},
		{"new", "other", 2, true, false, "n"},
	}
	for i, tt := range tests {
		isNew, isChanged, replaced := tb.note(key{"ns", tt.name}, tt.uid, tt.hash)
		if isNew != tt.isNew || isChanged != tt.isChanged || replaced.uid != tt.replaced {
			t.Errorf("%d: %v %v %q", i, isNew, isChanged, replaced.uid)
		}
	}
	var gone []string
	missing := func() {
		gone = gone[:0]
		tb.missing(func(k key, e entry) { gone = append(gone, k.name+"="+e.uid) })
		slices.Sort(gone)
	}
	if missing(); !slices.Equal(gone, []string{"gone=g"}) {
		t.Errorf("missing %v", gone)
	}
	tb.begin()
	tb.note(key{"ns", "known"}, "k", 1)
	if missing(); !slices.Equal(gone, []string{"new=other"}) {
		t.Errorf("missing %v", gone)
	}
}
