package rules_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
)

// quoted is how the page about counterparts writes the name of a rule.
var quoted = regexp.MustCompile("`([a-z_0-9]+)`")

// TestCounterpartsAreListed reads docs/runtime-rules.md: each of Falco's rules
// for system calls stands in one of its tables, and what is named beside it is
// a rule of ours.
func TestCounterpartsAreListed(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(require.ModuleRoot(t), "docs", "runtime-rules.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) == 4 {
			listed[strings.TrimSpace(cells[1])] = cells[2]
		}
	}
	all := builtin(t)
	for _, name := range []string{"falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"} {
		text, err := os.ReadFile(filepath.Join(require.Corpora(t), "falco-rules", name))
		if err != nil {
			t.Fatal(err)
		}
		var items []struct{ Rule string }
		if err := yaml.Unmarshal(text, &items); err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			ours, ok := listed[item.Rule]
			if !ok && item.Rule != "" {
				t.Errorf("%s: docs/runtime-rules.md does not list %q", name, item.Rule)
			}
			for _, m := range quoted.FindAllStringSubmatch(ours, -1) {
				if !slices.ContainsFunc(all, func(r *rule.Rule) bool { return r.Name == m[1] }) {
					t.Errorf("docs/runtime-rules.md: there is no rule %s", m[1])
				}
			}
		}
	}
}
