package need

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
)

// Of the stock rules, hardly any make the sensor tell of every file.
func TestBroadStockRules(t *testing.T) {
	dir := filepath.Join(require.Corpora(t), "falco-rules")
	for name, want := range map[string][]string{
		"falco_rules.yaml":            nil,
		"falco-incubating_rules.yaml": {"Exfiltrating Artifacts via Kubernetes Control Plane"}, // whatever tar reads
		"falco-sandbox_rules.yaml":    {"Write below root"},                                    // what lies in / itself
	} {
		_, needs := All(load.Load(files.Path(filepath.Join(dir, name))).Rules)
		var got []string
		for _, n := range needs {
			if len(n.Broad) > 0 {
				got = append(got, n.Rule.Title)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
