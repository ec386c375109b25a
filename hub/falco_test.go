package hub_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
)

// falcoCase is a row of falco-k8saudit/tests.jsonl: rules, a recording, and
// what Falco finds in it.
type falcoCase struct {
	ID       string
	Rules    []string
	Capture  string
	Expected struct {
		RuleCounts        map[string]int64 `json:"rule_counts"`
		AnyDetection      *bool            `json:"any_detection"`
		Total             *int64
		PrioritiesPresent []string `json:"priorities_present"`
		PrioritiesAbsent  []string `json:"priorities_absent"`
	}
}

// A scan with Falco's rules finds in recorded audit events what Falco finds.
func TestScanWithFalcoRules(t *testing.T) {
	dir := require.Corpora(t)
	b, err := os.ReadFile(filepath.Join(dir, "falco-k8saudit", "tests.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		var c falcoCase
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		t.Run(c.ID[strings.LastIndexByte(c.ID, '_')+1:], func(t *testing.T) { c.run(t, dir) })
	}
}

func (c *falcoCase) run(t *testing.T, dir string) {
	var trees []files.Tree
	for _, name := range c.Rules {
		trees = append(trees, files.Path(filepath.Join(dir, name)))
	}
	rules := load.Load(trees...)
	if len(rules.Errors) > 0 {
		t.Fatal(rules.Errors)
	}
	r, err := hub.Scan(t.Context(), hub.ScanOptions{Files: []string{filepath.Join(dir, c.Capture)}, Rules: rules.Rules})
	if err != nil {
		t.Fatal(err)
	}
	counts, priorities, total := map[string]int64{}, []string{}, int64(0)
	for _, f := range r.Findings {
		counts[f.Rule.Title] += f.Count
		total += f.Count
		priorities = append(priorities, strings.ToUpper(f.Rule.Priority))
		if strings.Contains(f.Output(), "%") {
			t.Errorf("the output of %s has a place that was not filled: %s", f.Rule.Title, f.Output())
		}
	}
	for name, want := range c.Expected.RuleCounts {
		if counts[name] != want {
			t.Errorf("%s matches %d times, want %d: %v", name, counts[name], want, counts)
		}
	}
	if want := c.Expected.Total; want != nil && total != *want {
		t.Errorf("%d matches, want %d: %v", total, *want, counts)
	}
	if want := c.Expected.AnyDetection; want != nil && *want != (total > 0) {
		t.Errorf("matches %v, want some: %v", counts, *want)
	}
	for _, p := range c.Expected.PrioritiesPresent {
		if !slices.Contains(priorities, longPriority(p)) {
			t.Errorf("no match of priority %s: %v", p, counts)
		}
	}
	for _, p := range c.Expected.PrioritiesAbsent {
		if slices.Contains(priorities, longPriority(p)) {
			t.Errorf("a match of priority %s: %v", p, counts)
		}
	}
}

func longPriority(p string) string {
	if p == "INFO" {
		return "INFORMATIONAL"
	}
	return p
}

// The priority of a rule is what its findings have, whether or not a request
// failed.
func TestScanKeepsFalcoPriority(t *testing.T) {
	log := filepath.Join(t.TempDir(), "audit.log")
	event := `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods/web/exec?command=sh","verb":"create",` +
		`"user":{"username":"mira"},"sourceIPs":["10.0.0.9"],"objectRef":{"resource":"pods","namespace":"shop","name":"web","subresource":"exec"},"responseStatus":{"code":403},` +
		`"requestReceivedTimestamp":"2026-03-04T10:00:00.000000Z","stageTimestamp":"2026-03-04T10:00:00.100000Z"}` + "\n"
	if err := os.WriteFile(log, []byte(event), 0o600); err != nil {
		t.Fatal(err)
	}
	text := `
- rule: Command in a pod
  desc: somebody runs a command in a pod
  condition: ka.target.subresource = exec and jevt.value[/stage] = ResponseStarted and ka.target.name startswith we
  output: Command in a pod (user=%ka.user.name pod=%ka.target.name ns=%ka.target.namespace command=%ka.uri.param[command] groups=%ka.user.groups none=%ka.impuser.name)
  priority: ERROR
  source: k8s_audit
  tags: [T1609]
`
	path := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	rules := load.Load(files.Path(path))
	if len(rules.Errors)+len(rules.Unsupported) > 0 {
		t.Fatal(rules.Errors, rules.Unsupported)
	}
	r, err := hub.Scan(t.Context(), hub.ScanOptions{Files: []string{log}, Rules: rules.Rules})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 1 || r.Findings[0].Severity != rule.High {
		t.Fatalf("findings %+v, want one of severity high", r.Findings)
	}
	want := "Command in a pod (user=mira pod=web ns=shop command=sh groups=<NA> none=<NA>)"
	if got := r.Findings[0].Output(); got != want {
		t.Errorf("output %q, want %q", got, want)
	}
}
