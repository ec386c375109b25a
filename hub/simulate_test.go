package hub_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/collect/audit/policy/advise"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/rules"
)

func simulate(t *testing.T, all []*rule.Rule, log, text string) *hub.Simulation {
	t.Helper()
	p, problems := policy.Parse([]byte(text))
	if policy.Illegal(problems) {
		t.Fatal(problems)
	}
	s, err := hub.Simulate(context.Background(), hub.ScanOptions{Files: []string{log}, Rules: all}, p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func builtinRules(t *testing.T) []*rule.Rule {
	t.Helper()
	return sigma.Load(sigma.Options{}, sigma.Tree{FS: rules.FS, Root: ".", Name: "builtin"}).Rules
}

// TestGeneratedPoliciesLoseNothing holds every generated policy against a
// recorded intrusion and against a real cluster's ordinary work.
func TestGeneratedPoliciesLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("many scans, one after the other")
	}
	all := builtinRules(t)
	needs, err := advise.NewNeeds(all)
	if err != nil {
		t.Fatal(err)
	}
	logs := map[string]func() string{
		"demo": func() string { return filepath.Join(require.ModuleRoot(t), "docs", "demo", "demo.jsonl.gz") },
		"real": func() string { return filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz") },
	}
	for name, log := range logs {
		for _, profile := range []advise.Profile{advise.Minimal, advise.Balanced, advise.Forensic} {
			t.Run(name+" "+string(profile), func(t *testing.T) {
				s := simulate(t, all, log(), needs.Generate(profile).YAML())
				for _, x := range s.Costs() {
					if x.Finding.Severity > rule.Informational {
						t.Errorf("%s %s by %s on %+v: now %d", x.Finding.Severity, x.Finding.Rule.Name, x.Finding.Actor.User, x.Finding.Target, x.Now)
					}
				}
				before, after := s.Meter.Before, s.Meter.After
				t.Logf("%d of %d events, %d of %d bytes", after.Events, before.Events, after.Bytes, before.Bytes)
				if after.Bytes*100 > before.Bytes*60 {
					t.Errorf("%d of %d bytes are kept, more than 60 %%", after.Bytes, before.Bytes)
				}
			})
		}
	}
}

func TestSimulateSaysWhatIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("many scans, one after the other")
	}
	all := builtinRules(t)
	log := filepath.Join(require.ModuleRoot(t), "docs", "demo", "demo.jsonl.gz")
	const head = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n"
	nothing := simulate(t, all, log, head+"- level: None\n")
	if len(nothing.Full.Findings) == 0 || len(nothing.Lost) != len(nothing.Full.Findings) || nothing.Meter.After.Events != 0 {
		t.Errorf("with nothing recorded, %d of %d findings are lost and %d events kept", len(nothing.Lost), len(nothing.Full.Findings), nothing.Meter.After.Events)
	}
	everything := simulate(t, all, log, head+"- level: RequestResponse\n")
	if len(everything.Costs())+len(everything.New) != 0 || everything.Meter.After.Events != everything.Meter.Before.Events {
		t.Errorf("with everything recorded: lost %v, weaker %v, new %v", everything.Lost, everything.Weaker, everything.New)
	}
	metadata := simulate(t, all, log, head+"- level: Metadata\n")
	lost := map[string]bool{}
	for _, x := range metadata.Lost {
		lost[x.Finding.Rule.Name] = true
	}
	if !lost["pod_privileged"] && !lost["cluster_admin_granted"] && !lost["pod_host_path"] {
		t.Errorf("without bodies only %v are lost", lost)
	}
}
