package event_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/ocsfschema"
	"github.com/lynceus-io/lynceus/internal/require"
)

// TestOCSFPathsExist holds every field's OCSF path against the published classes of its tables. A field that every table
// can have needs its path in one of them: OCSF gives an endpoint to network events, say, but not to file events.
func TestOCSFPathsExist(t *testing.T) {
	schema, err := ocsfschema.Load(os.DirFS(filepath.Join(require.Corpora(t), "ocsf")))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range event.Fields() {
		var missing []error
		classes := 0
		for _, c := range event.Classes() {
			if !f.In(c) || c.UID() == 0 {
				continue
			}
			classes++
			if _, err := schema.Attribute(int64(c.UID()), f.OCSF); err != nil {
				missing = append(missing, err)
			}
		}
		if len(missing) > 0 && (len(f.Tables) > 0 || len(missing) == classes) {
			t.Errorf("field %d %s: %v", f.ID, f.Name, missing)
		}
	}
}
