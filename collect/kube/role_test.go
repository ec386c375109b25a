package kube

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/internal/require"
)

// TestRoleIsWhatIsWatched holds the ClusterRole of deploy/agent and the list
// of what is watched equal.
func TestRoleIsWhatIsWatched(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(require.ModuleRoot(t), "deploy", "agent", "clusterrole.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var role struct {
		Rules []struct {
			Groups        []string `yaml:"apiGroups"`
			Resources     []string
			Verbs         []string
			ResourceNames []string `yaml:"resourceNames"`
			URLs          []string `yaml:"nonResourceURLs"`
		}
	}
	if err := yaml.Unmarshal(text, &role); err != nil {
		t.Fatal(err)
	}
	granted := map[[2]string]bool{}
	for _, r := range role.Rules {
		if !slices.Equal(r.Verbs, []string{"list", "watch"}) || len(r.ResourceNames)+len(r.URLs) > 0 || len(r.Groups) != 1 {
			t.Errorf("a rule that grants more or less than list and watch of resources of one group: %+v", r)
			continue
		}
		for _, name := range r.Resources {
			granted[[2]string{r.Groups[0], name}] = true
		}
	}
	for _, r := range Resources() {
		if !granted[[2]string{r.Group, r.Name}] {
			t.Errorf("%s is watched and not granted", &r)
		}
		delete(granted, [2]string{r.Group, r.Name})
	}
	for g := range granted {
		t.Errorf("%v is granted and not watched", g)
	}
}
