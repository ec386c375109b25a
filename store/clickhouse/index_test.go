package clickhouse

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// The indexes of tables are those that the registry asks for.
func TestIndexesFollowRegistry(t *testing.T) {
	for _, c := range event.Classes() {
		have := map[string]string{}
		for _, x := range indexesOf(c) {
			have[x.name] = x.typ
		}
		for _, f := range event.Columns(c) {
			for prefix, s := range map[string]event.Search{"equal_": event.SearchExact, "fold_": event.SearchFolded, "grams_": event.SearchPart} {
				if (have[prefix+f.Column()] != "") != f.Search.Has(s) {
					t.Errorf("%s: index %s%s: %q", c, prefix, f.Column(), have[prefix+f.Column()])
				}
			}
		}
	}
	const want = rawGramIndex
	for _, x := range indexesOf(event.ClassAudit) {
		if x.name == "grams_raw_data" && x.typ != want {
			t.Errorf("documents: %s, want %s", x.typ, want)
		}
	}
}
