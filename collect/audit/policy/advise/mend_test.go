package advise

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// Whatever is wrong with a policy, with what is added to it no detection is
// blind, nobody is hidden who did not sign in, no credential is recorded, and
// the lines can be read.
func TestMend(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing in it runs in parallel, and the race detector makes it slow")
	}
	n := builtin(t)
	a, err := txtar.ParseFile(filepath.Join("testdata", "lint.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	a.Files = append(a.Files, txtar.File{Name: "metadata", Data: []byte("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n")},
		txtar.File{Name: "none", Data: []byte("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]\n")},
		txtar.File{Name: "pods only", Data: []byte("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Request, resources: [{group: '', resources: [pods]}]}]\n")})
	for _, f := range a.Files {
		p, problems := policy.Parse(f.Data)
		if policy.Illegal(problems) {
			t.Fatal(problems)
		}
		m := n.Mend(p)
		mended := m.Apply(p)
		mended.OmitStages = nil // what is omitted is told, not added
		for i := range mended.Rules {
			mended.Rules[i].OmitStages = nil
		}
		for _, x := range n.Lint(mended) {
			if x.Severity > policy.Note && slices.Contains([]string{"blind", "credentials", "anonymous", "default"}, x.Kind) {
				t.Errorf("%s: %s", f.Name, x)
			}
		}
		if text := m.YAML(); text != "" {
			if _, problems := policy.Parse([]byte("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n" + text)); len(problems) > 0 {
				t.Errorf("%s: %v in\n%s", f.Name, problems, text)
			}
		}
	}
	if m := n.Mend(n.Generate(Balanced).Policy); m.YAML() != "" {
		t.Errorf("something is added to a good policy:\n%s", m.YAML())
	}
}

// What a log says about its policy.
func TestJudge(t *testing.T) {
	n := one(t, "  s: {api.operation: create, resource.type: pods, resource.group|exists: false, audit.pod.privileged: 'true'}\n  condition: s")
	pods := func(verb string, level policy.Level) Seen { return Seen{Type: "pods", Verb: verb, Level: level} }
	for name, test := range map[string]struct {
		log    []Seen
		kinds  []string
		fine   int
		unseen int
		adds   bool
	}{
		"nothing":             {nil, nil, 0, 1, false},
		"other requests":      {[]Seen{pods("get", policy.Metadata)}, nil, 0, 1, false},
		"without the body":    {[]Seen{pods("create", policy.Metadata)}, []string{"blind"}, 0, 0, true},
		"with it":             {[]Seen{pods("create", policy.Request)}, nil, 1, 0, false},
		"of some":             {[]Seen{pods("create", policy.Metadata), pods("create", policy.RequestResponse)}, nil, 1, 0, false},
		"no level":            {[]Seen{pods("create", "Everything")}, nil, 0, 1, false},
		"a secret's contents": {[]Seen{pods("create", policy.Request), {Type: "secrets", Verb: "get", Level: policy.RequestResponse}}, []string{"credentials"}, 1, 0, true},
	} {
		j := n.Judge(test.log)
		var kinds []string
		for _, p := range j.Problems {
			kinds = append(kinds, p.Kind)
		}
		if !slices.Equal(kinds, test.kinds) || j.Fine != test.fine || len(j.Unseen) != test.unseen || (j.Mending.YAML() != "") != test.adds {
			t.Errorf("%s: %v, %d can match, unseen %v, to add:\n%s", name, j.Problems, j.Fine, j.Unseen, j.Mending.YAML())
		}
	}
}

// The policy that the documentation recommends is one that nothing is wrong
// with.
func TestRecommendedPolicy(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "audit-policy.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	block, _, ok := strings.Cut(rest, "```")
	if !ok || !strings.Contains(block, "kind: Policy") {
		t.Fatal("there is no policy in it")
	}
	p, problems := policy.Parse([]byte(block))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	n := builtin(t)
	for _, x := range n.Lint(p) {
		if x.Severity > policy.Note || x.Kind == "partly-blind" {
			t.Error(x)
		}
	}
	if lines := n.Mend(p).YAML(); lines != "" {
		t.Errorf("it lacks\n%s", lines)
	}
}
