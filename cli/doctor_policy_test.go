package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
)

// API servers are known by their command lines, and their policies found in
// their own roots.
func TestAPIServers(t *testing.T) {
	for _, test := range []struct {
		words []string
		path  string
		ok    bool
	}{
		{[]string{"/usr/local/bin/kube-apiserver", "--audit-policy-file=/etc/a.yaml", "--audit-log-path=-"}, "/etc/a.yaml", true},
		{[]string{"kube-apiserver", "--audit-policy-file", "/etc/a.yaml"}, "/etc/a.yaml", true},
		{[]string{"kube-apiserver", "--audit-policy-file=/old", "--audit-policy-file=/new"}, "/new", true},
		{[]string{"kube-apiserver", "--audit-policy-file"}, "", true},
		{[]string{"kube-apiserver"}, "", true},
		{[]string{"/usr/bin/hyperkube", "kube-apiserver", "--audit-policy-file=/etc/a.yaml"}, "/etc/a.yaml", true},
		{[]string{"/usr/local/bin/k3s", "server", "--kube-apiserver-arg=audit-policy-file=/etc/a.yaml"}, "/etc/a.yaml", true},
		{[]string{"rke2", "server", "--kube-apiserver-arg", "audit-policy-file=/etc/a.yaml"}, "/etc/a.yaml", true},
		{[]string{"k3s", "agent", "--kube-apiserver-arg=audit-policy-file=/etc/a.yaml"}, "", false},
		{[]string{"cat", "kube-apiserver", "--audit-policy-file=/etc/a.yaml"}, "", false},
		{nil, "", false},
	} {
		if path, ok := policyOf(test.words); path != test.path || ok != test.ok {
			t.Errorf("%q: %q, %v", test.words, path, ok)
		}
	}
	proc := processes(t, map[int][]string{
		7:  {"kube-apiserver", "--audit-policy-file=/etc/../etc/policy.yaml"},
		8:  {"sleep", "60"},
		90: {"kube-apiserver"},
	})
	if err := os.WriteFile(filepath.Join(proc, "uptime"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := apiServers(proc)
	slices.SortFunc(got, func(a, b apiServer) int { return a.pid - b.pid })
	want := []apiServer{{7, "/etc/../etc/policy.yaml", filepath.Join(proc, "7/root/etc/policy.yaml")}, {pid: 90}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := apiServers(filepath.Join(proc, "none")); got != nil {
		t.Errorf("%+v of nothing", got)
	}
}

// processes makes a directory as /proc is.
func processes(t *testing.T, commands map[int][]string) string {
	t.Helper()
	proc := t.TempDir()
	for pid, words := range commands {
		dir := filepath.Join(proc, fmt.Sprint(pid))
		if err := os.MkdirAll(filepath.Join(dir, "root", "etc"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "cmdline"), []byte(strings.Join(words, "\x00")+"\x00"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return proc
}

const privilegedRule = `title: Privileged pod
name: privileged_pod
id: 0d8a4a5e-3f0b-4b41-9a53-67f1c0a2ce4f
logsource: {product: kubernetes, service: audit}
level: low
detection:
  s: {api.operation: create, resource.type: pods, audit.pod.privileged: 'true'}
  condition: s
`

// doctorOf runs doctor, for one rule that reads the bodies of new pods.
func doctorOf(t *testing.T, proc string, args ...string) (text string, code int) {
	t.Helper()
	rule := filepath.Join(t.TempDir(), "rule.yml")
	if err := os.WriteFile(rule, []byte(privilegedRule), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, problems strings.Builder
	a := &app{stdout: &out, stderr: &problems, now: time.Now, getenv: func(string) string { return "" }, openStore: openStore, proc: proc}
	root := a.root()
	root.SetArgs(append([]string{"doctor", "--no-builtin", "--rules", rule}, args...))
	root.SetOut(&out)
	root.SetErr(&problems)
	code = a.exit(root.ExecuteContext(t.Context()))
	return strings.Join(strings.Fields(out.String()+problems.String()), " "), code
}

func TestDoctorAuditPolicy(t *testing.T) {
	const head = "apiVersion: audit.k8s.io/v1\nkind: Policy\n"
	dir := t.TempDir()
	none := processes(t, nil)
	for name, test := range map[string]struct {
		text  string
		says  []string
		never []string
	}{
		"good":    {head + "omitStages: [RequestReceived]\nomitManagedFields: true\nrules: [{level: Metadata, resources: [{group: '', resources: [secrets, serviceaccounts/token]}, {group: authentication.k8s.io, resources: [tokenreviews]}]}, {level: Request}]\n", []string{"records what the detections need"}, []string{"to add to"}},
		"blind":   {head + "rules: [{level: Metadata}]\n", []string{"1 detection cannot match: privileged_pod; the first: ", "to add to", `- level: Request verbs: ["create"] resources: - group: "" resources: ["pods", "pods/binding"`, "# Needed by: privileged_pod."}, []string{"records what"}},
		"refused": {head + "rules: [{level: metadata}]\n", []string{"failure", `refused.yaml:3:9: rules[0].level: "metadata" is no level`}, []string{"to add to"}},
		"stages":  {head + "omitStages: [ResponseComplete]\nrules: [{level: Request}]\n", []string{"omitStages: without ResponseComplete nothing says", "bodies of secrets"}, nil},
		"ends":    {head + "rules: [{level: Request, resources: [{group: '', resources: [pods]}]}]\n", []string{"what no rule matches is not recorded", "# at the end of rules: # Everything else"}, nil},
	} {
		file := filepath.Join(dir, name+".yaml")
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		text, _ := doctorOf(t, none, "--data", dir, "--audit-policy", file)
		for _, w := range test.says {
			if !strings.Contains(text, w) {
				t.Errorf("%s: it does not say %q:\n%s", name, w, text)
			}
		}
		for _, w := range test.never {
			if strings.Contains(text, w) {
				t.Errorf("%s: it says %q:\n%s", name, w, text)
			}
		}
	}
	if text, code := doctorOf(t, none, "--data", dir, "--audit-policy", filepath.Join(dir, "none.yaml")); !strings.Contains(text, "cannot be read: no such file") || code != 0 && code != 1 {
		t.Errorf("a file that is not there: %d, %s", code, text)
	}
	proc := processes(t, map[int][]string{7: {"kube-apiserver", "--audit-policy-file=/etc/policy.yaml"}, 9: {"kube-apiserver"}})
	if err := os.WriteFile(filepath.Join(proc, "7/root/etc/policy.yaml"), []byte(head+"rules: [{level: Metadata}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, code := doctorOf(t, proc, "--data", dir)
	for _, w := range []string{"/etc/policy.yaml: 1 detection cannot match: privileged_pod", "process id 9 has no audit policy: it records nothing"} {
		if !strings.Contains(text, w) {
			t.Errorf("of an API server here it does not say %q:\n%s", w, text)
		}
	}
	if code != 1 {
		t.Errorf("an API server without a policy gives exit code %d", code)
	}
}

// Where there is no policy, doctor says what the log tells about it.
func TestDoctorJudgesLog(t *testing.T) {
	j := judged{}
	needs, err := (&policyRules{noBuiltin: false}).needs(nil)
	if err != nil {
		t.Fatal(err)
	}
	j.cluster("prod", &recorded{events: fewSeen - 1, complete: 1}, needs)
	j.cluster("prod", &recorded{events: fewSeen}, needs)
	var levels []coverage.Level
	for _, c := range j.checks {
		levels = append(levels, c.Level)
	}
	if len(levels) < 4 || levels[0] != coverage.Notice || levels[1] != coverage.Failure || levels[2] != coverage.Fine || levels[3] != coverage.Notice {
		t.Errorf("%+v", j.checks)
	}
}
