package rules_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
)

func scan(t *testing.T, o hub.ScanOptions) []*detect.Finding {
	t.Helper()
	o.AuditIDs = -1
	result, err := hub.Scan(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return result.Findings
}

// TestRealClusterIsQuiet holds the pack against the start and the ordinary
// work of a real cluster. One thing in it deserves a look: the
// administrator's command in a container.
func TestRealClusterIsQuiet(t *testing.T) {
	log := filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz")
	command := false
	for _, f := range scan(t, hub.ScanOptions{Files: []string{log}, Rules: builtin(t)}) {
		isCommand := f.Rule.Name == "command_in_container" && f.Actor.User == "kubernetes-admin"
		command = command || isCommand
		if f.Severity > rule.Low && !isCommand {
			t.Errorf("%s: %s by %s on %+v (%s)", f.Severity, f.Rule.Name, f.Actor.User, f.Target, strings.Join(f.Reasons, "; "))
		}
	}
	if !command {
		t.Error("the administrator's command in a container was not found")
	}
}

// auditID is how the page about the demo writes one.
var auditID = regexp.MustCompile("`([0-9a-f]{8}-[0-9a-f-]{27})`")

// TestEachStepOfTheDemoIsFound reads the steps of the intrusion from the page
// about the recording: each row must have an audit ID that a finding names.
func TestEachStepOfTheDemoIsFound(t *testing.T) {
	dir := filepath.Join(require.ModuleRoot(t), "docs", "demo")
	page, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]rule.Severity{}
	for _, f := range scan(t, hub.ScanOptions{Files: []string{filepath.Join(dir, "demo.jsonl.gz")}, Rules: builtin(t)}) {
		for _, id := range f.AuditIDs {
			found[id] = max(found[id], f.Severity)
		}
	}
	steps := 0
	for _, line := range strings.Split(string(page), "\n") {
		ids := auditID.FindAllStringSubmatch(line, -1)
		if len(ids) == 0 {
			continue
		}
		steps++
		worst := rule.Severity(0)
		for _, id := range ids {
			worst = max(worst, found[id[1]])
		}
		if worst == 0 {
			t.Errorf("not found: %s", line)
		}
	}
	if steps == 0 {
		t.Error("the page names no step")
	}
}
