package enforce

import (
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/settings"
)

const example = `
policies:
  - name: no-miners
    mode: enforce
    action: kill-container
    pods:
      - {namespace: shop, kind: Deployment, workload: web}
      - {namespace: test}
    match:
      paths: [/usr/bin/xmrig]
      directories: [/tmp/, /]
      names: [xmrig]
      memoryOnly: true
      dropped: true
  - name: known-bad
    mode: observe
    action: deny-exec
    systemPods: true
    pods: [{namespace: "*"}]
    match:
      sha256: [e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855]
  - name: pools
    mode: "off"
    action: deny-connect
    pods: [{namespace: "*"}]
    match:
      connect:
        - {cidr: 203.0.113.0/24, ports: [3333, 5555]}
        - {cidr: "2001:db8::/32"}
`

func TestParse(t *testing.T) {
	got, err := Parse("p.yaml", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	every := []Group{{Any, Any, Any}}
	want := &Set{Policies: []Policy{
		{
			Name: "no-miners", Mode: ModeEnforce, Action: KillContainer,
			Pods:  []Group{{"shop", "Deployment", "web"}, {"test", Any, Any}},
			Match: Match{Paths: []string{"/usr/bin/xmrig"}, Directories: []string{"/tmp/", "/"}, Names: []string{"xmrig"}, MemoryOnly: true, Dropped: true},
		},
		{
			Name: "known-bad", Mode: ModeObserve, Action: DenyExec, Pods: every, SystemPods: true,
			Match: Match{SHA256: []string{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}},
		},
		{
			Name: "pools", Action: DenyConnect, Pods: every,
			Match: Match{Connect: []Peer{
				{netip.MustParsePrefix("203.0.113.0/24"), []uint16{3333, 5555}}, {Prefix: netip.MustParsePrefix("2001:db8::/32")},
			}},
		},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	// with is a policy with some member in the place of another.
	with := func(member string) string {
		p := map[string]string{"name": "n", "mode": "enforce", "action": "kill-process", "pods": `[{namespace: "*"}]`, "match": "{names: [x]}"}
		key, value, _ := strings.Cut(member, ": ")
		p[key] = value
		text := "policies: [{"
		for _, k := range []string{"name", "mode", "action", "pods", "match", "more"} {
			if p[k] != "" {
				text += k + ": " + p[k] + ", "
			}
		}
		return text + "}]"
	}
	tests := []struct{ text, want string }{
		{"policies: [", "p.yaml: "},
		{"rules: []", `p.yaml:1:1: the file has no "rules"; it can have bound, late, policies`},
		{"[]", "the file has to be a mapping"},
		{"policies: {}", "policies has to be a list"},
		{"policies: [{}]", `p.yaml:1:12: the policy lacks "name"`},
		{"policies: [x]", "a policy has to be a mapping"},
		{"bound: 1h", "bound has to be from 10ms to 5s, such as 250ms"},
		{"late: maybe", "late has to be one of allow, deny"},
		{"policies: []\npolicies: []", "p.yaml:2:1: "},
		{"a: &a [*a]\npolicies: *a", "p.yaml:"},
		{with("more: 1"), `a policy has no "more"; it can have action, match, mode, name, pods, systemPods`},
		{with("mode: on"), "mode has to be one of off, observe, enforce"},
		{with("mode: off"), ""},
		{with("action: kill"), "action has to be one of kill-process, kill-container, deny-exec, deny-connect"},
		{with("action: deny-exec"), "deny-exec cannot be done to a match by names; that goes with kill-process, kill-container"},
		{strings.Replace(with("match: {paths: ["+strings.Repeat("/a, ", maxDenyPaths+1)+"]}"), "kill-process", "deny-exec", 1), "denies 65 paths; 64 is the most"},
		{with("pods: []"), "pods has to name a group"},
		{with("pods: [{kind: Pod}]"), `the group lacks "namespace"`},
		{with("pods: [{namespace: ''}]"), "namespace has to be a text"},
		{with("match: {}"), "the policy matches nothing"},
		{with("match: {paths: [usr/bin]}"), `"usr/bin" is not the whole path of a program`},
		{with("match: {paths: [/usr/../bin]}"), "is not the whole path"},
		{with("match: {paths: [/" + strings.Repeat("a", 255) + "]}"), "the path has 256 bytes; 255 is the most"},
		{with("match: {paths: [/" + strings.Repeat("a", 254) + "]}"), ""},
		{with("match: {directories: [/tmp]}"), "does not end with a slash"},
		{with("match: {names: [a/b]}"), "is not the last part of a path"},
		{with("match: {memoryOnly: maybe}"), "memoryOnly has to be true or false"},
		{with("match: {dropped: 1}"), "dropped has to be true or false"},
		{with("match: {sha256: [abc]}"), "is not a SHA-256"},
		{with("match: {connect: [{cidr: 10.0.0.1/8}]}"), "is not a range of addresses"},
		{with("match: {connect: [{ports: [1]}]}"), `"cidr" is missing`},
		{with("match: {connect: [{cidr: 10.0.0.0/8, ports: [0]}]}"), "is not a port"},
		{"policies:\n" + strings.Repeat("- {name: n, mode: enforce, action: kill-process, pods: [{namespace: a}], match: {names: [x]}}\n", 2), `p.yaml:3:3: there is another policy of the name "n"`},
		{strings.Repeat("#", settings.MaxFile+1), "1048576 is the most"},
	}
	for _, tt := range tests {
		set, err := Parse("p.yaml", []byte(tt.text))
		if tt.want == "" {
			if err != nil {
				t.Errorf("%.200s: %v", tt.text, err)
			}
			continue
		}
		var e *settings.Error
		if err == nil || set != nil || !strings.Contains(err.Error(), tt.want) || !errors.As(err, &e) {
			t.Errorf("%.200s:\ngot  %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

// FuzzParse holds that no text makes a set that the kernel's tables have no room for, and that none is taken half.
func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add("policies: [{name: n, mode: enforce, action: kill-process, pods: [{namespace: a}], match: {directories: [/]}}]")
	f.Fuzz(func(t *testing.T, text string) {
		set, err := Parse("f", []byte(text))
		if (set == nil) == (err == nil) {
			t.Fatalf("set %v, error %v", set, err)
		}
		if set == nil {
			return
		}
		var old [MaxPolicies]*Policy
		slots, _ := assign(&old, set)
		before := newTables()
		if got := compile(&slots, &before); len(got.programs) > maxEntries || len(set.Policies) > MaxPolicies {
			t.Errorf("%d programs, %d policies", len(got.programs), len(set.Policies))
		}
	})
}
