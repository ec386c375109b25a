package rules_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/internal/require"
)

// TestDeployedIsGuarded takes away each object that deploy/ installs: it is
// found, and what only has a similar name is not.
func TestDeployedIsGuarded(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(require.ModuleRoot(t), "deploy", "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := builtin(t)
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for d := yaml.NewDecoder(f); ; {
			var o struct {
				APIVersion string `yaml:"apiVersion"`
				Kind       string
				Metadata   struct{ Name, Namespace string }
			}
			if err := d.Decode(&o); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			group, _, ok := strings.Cut(o.APIVersion, "/")
			if !ok {
				group = ""
			}
			for _, similar := range []bool{false, true} {
				name := o.Metadata.Name
				if similar {
					if name += "-too"; o.Metadata.Namespace != "" {
						continue // whatever is in Lynceus' namespace is its own
					}
				}
				log, err := json.Marshal(map[string]any{
					"kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "a", "stage": "ResponseComplete", "verb": "delete", "user": map[string]any{"username": "jane"},
					"sourceIPs": []string{"10.20.0.7"}, "responseStatus": map[string]any{"code": 200}, "requestReceivedTimestamp": "2026-11-22T08:00:00Z",
					"objectRef": map[string]any{"resource": strings.ToLower(o.Kind) + "s", "apiGroup": group, "namespace": o.Metadata.Namespace, "name": name},
				})
				if err != nil {
					t.Fatal(err)
				}
				_, found := judge(t, all, expectation{Log: log})
				ours := slices.ContainsFunc(found, func(f string) bool {
					return strings.HasPrefix(f, "lynceus_tampered ") || strings.HasPrefix(f, "namespace_deleted ")
				})
				if ours == similar && o.Kind != "Namespace" || !ours && !similar {
					t.Errorf("%s %s deleted: found %v", o.Kind, name, found)
				}
			}
		}
	}
}
