package advise

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/rules"
)

// builtin returns the needs of the rules of the binary.
func builtin(t *testing.T) *Needs {
	return load(t, sigma.Tree{FS: rules.FS, Root: ".", Name: "builtin"})
}

func load(t *testing.T, tree sigma.Tree) *Needs {
	t.Helper()
	loaded := sigma.Load(sigma.Options{}, tree)
	for _, p := range loaded.Errors {
		t.Fatal(p)
	}
	n, err := NewNeeds(loaded.Rules)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// one returns the needs of one rule with a condition.
func one(t *testing.T, detection string) *Needs {
	t.Helper()
	dir := t.TempDir()
	text := "title: One\nname: one\nid: 5a2f9e0a-61f8-4f58-9f68-3a4a0ef2b3c1\nlogsource: {product: kubernetes, service: audit}\nlevel: low\ndetection:\n" + detection
	if err := os.WriteFile(filepath.Join(dir, "one.yml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return load(t, sigma.Path(dir))
}

func TestNeed(t *testing.T) {
	pods := &Resource{Type: "pods", Namespaced: true, verbs: allVerbs}
	exec := &Resource{Type: "pods", Sub: "exec", Namespaced: true, verbs: connectVerbs}
	tests := []struct {
		detection  string
		k          kind
		must, want policy.Level
	}{
		{"  s: {resource.type: pods}\n  condition: s", kind{verb: "get", resource: pods}, policy.Metadata, policy.Metadata},
		{"  s: {resource.type: nodes}\n  condition: s", kind{verb: "get", resource: pods}, policy.None, policy.None},
		{"  s: {audit.pod.privileged: 'true'}\n  condition: s", kind{verb: "create", resource: pods}, policy.Request, policy.Request},
		{"  s: {audit.pod.privileged: 'true'}\n  condition: s", kind{verb: "get", resource: pods}, policy.None, policy.None},
		{"  s: {audit.pod.privileged: 'true'}\n  condition: s", kind{verb: "create", resource: exec}, policy.None, policy.None},
		{"  s: {resource.type: pods}\n  f: {audit.pod.privileged: 'true'}\n  condition: s and not f", kind{verb: "create", resource: pods}, policy.Metadata, policy.Request},
		{"  s: {audit.request_object.spec.x: y}\n  o: {api.operation: list}\n  condition: s or o", kind{verb: "create", resource: pods}, policy.Request, policy.Request},
		{"  s: {responseObject.status: y}\n  condition: s", kind{verb: "list", resource: pods}, policy.RequestResponse, policy.RequestResponse},
		{"  s: {resource.subresource: exec}\n  condition: s", kind{verb: "create", resource: exec}, policy.Metadata, policy.Metadata},
		{"  s: {resource.type|exists: true}\n  condition: s", kind{verb: "get", path: "/x"}, policy.None, policy.None},
		{"  s: {http_request.url.path|startswith: /version}\n  condition: s", kind{verb: "get", path: "/version"}, policy.Metadata, policy.Metadata},
		{"  s: {audit.user.name|startswith: 'system:'}\n  condition: s", kind{verb: "get", resource: pods, caller: &probes[0]}, policy.None, policy.None},
		{"  s: {audit.user.name|startswith: 'system:'}\n  condition: s", kind{verb: "get", resource: pods, caller: &aNode}, policy.Metadata, policy.Metadata},
		{"  s: {actor.user.name: x}\n  condition: s", kind{verb: "get", resource: pods, caller: &probes[6]}, policy.Metadata, policy.Metadata},
		{"  s: {k8s.namespace: kube-system}\n  condition: s", kind{verb: "get", resource: pods, namespace: &probedNamespaces[0]}, policy.None, policy.None},
	}
	for _, tt := range tests {
		n := one(t, tt.detection)
		got := n.of(tt.k, nil)[0]
		if got.must != tt.must || got.want != tt.want {
			t.Errorf("%s for %+v: must %s, want %s; expected %s, %s", tt.detection, tt.k, got.must, got.want, tt.must, tt.want)
		}
	}
}

func TestGeneratedIsCleanAndKeepsNoCredentials(t *testing.T) {
	n := builtin(t)
	for _, profile := range []Profile{Minimal, Balanced, Forensic} {
		g := n.Generate(profile)
		p, problems := policy.Parse([]byte(g.YAML()))
		if len(problems) > 0 {
			t.Fatalf("%s: %v", profile, problems)
		}
		for _, x := range n.Lint(p) {
			if x.Severity > policy.Note {
				t.Errorf("%s: %s", profile, x)
			}
		}
		for i := range credentials {
			for _, k := range requestsOf(&credentials[i]) {
				a := k.attributes()
				if d := p.Decide(&a); policy.Metadata.Below(d.Level) {
					t.Fatalf("%s: %s is recorded at %s", profile, k.String(), d.Level)
				}
			}
		}
	}
}

// TestGenerateFollowsTheRules: with rules that read no bodies there are none
// in the policy, and noise that a rule is about stays.
func TestGenerateFollowsTheRules(t *testing.T) {
	g := one(t, "  s: {resource.type: events, api.operation: create}\n  condition: s").Generate(Balanced)
	for _, e := range g.Entries {
		if policy.Metadata.Below(e.Rule.Level) {
			t.Errorf("bodies: %+v", e)
		}
		if strings.Contains(e.Why, "events of") {
			t.Errorf("dropped though a rule needs it: %s", e.Why)
		}
	}
	if !slices.ContainsFunc(g.Entries, func(e Entry) bool { return strings.Contains(e.Why, "proxies watching services") }) {
		t.Error("no noise is dropped")
	}
	if g := one(t, "  s: {audit.stage: RequestReceived}\n  condition: s").Generate(Balanced); len(g.Policy.OmitStages) > 0 {
		t.Error("a stage that a rule asks for is omitted")
	}
	if g := one(t, "  s: {requestObject.metadata.managedFields.manager: x}\n  condition: s").Generate(Balanced); g.Policy.OmitManagedFields {
		t.Error("managed fields that a rule asks for are omitted")
	}
}

// TestLint runs the policies in testdata/lint: each file says in its comment
// lines "# want SEVERITY KIND TEXT" what must be said of it, all warnings and
// worse.
func TestLint(t *testing.T) {
	n := builtin(t)
	a, err := txtar.ParseFile(filepath.Join("testdata", "lint.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		t.Run(f.Name, func(t *testing.T) {
			p, problems := policy.Parse(f.Data)
			if policy.Illegal(problems) {
				t.Fatal(problems)
			}
			problems = append(problems, n.Lint(p)...)
			var want []string
			for l := range strings.Lines(string(f.Data)) {
				if text, ok := strings.CutPrefix(strings.TrimSpace(l), "# want "); ok {
					want = append(want, text)
				}
			}
			for _, w := range want {
				words := strings.SplitN(w, " ", 3)
				if !slices.ContainsFunc(problems, func(p policy.Problem) bool {
					return p.Severity.String() == words[0] && p.Kind == words[1] && strings.Contains(p.Text, words[2])
				}) {
					t.Errorf("not said: %s", w)
				}
			}
			for _, p := range problems {
				if len(want) == 0 && p.Severity > policy.Note {
					t.Errorf("said: %s", p)
				}
			}
			if t.Failed() {
				for _, p := range problems {
					t.Logf("%s [%s]", p, p.Kind)
				}
			}
		})
	}
}
