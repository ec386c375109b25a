package enforce

import (
	"strings"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"

	"github.com/lynceus-io/lynceus/collect/sensor/bpf"
)

func TestKeys(t *testing.T) {
	long := "/" + strings.Repeat("a", keyText-2)
	tests := []struct {
		got        key
		kind       uint32
		head, tail string
	}{
		{nameKey("xmrig"), keyName, "xmrig", ""},
		{pathKey("/usr/bin/xmrig"), keyPath, "", "xmrig\x00bin\x00usr\x00"},
		{pathKey("/usr/bin/"), keyDirectory, "", "bin\x00usr\x00"},
		{pathKey("/"), keyDirectory, "", ""},
		{pathKey(long), keyPath, "", long[1:] + "\x00"},
	}
	for _, tt := range tests {
		want := key{Kind: tt.kind}
		copy(want.Text[:], tt.head)
		copy(want.Text[keyText-len(tt.tail):], tt.tail)
		if tt.got != want {
			t.Errorf("got %d %q, want %d %q", tt.got.Kind, tt.got.Text, want.Kind, want.Text)
		}
	}
}

// TestLayout holds keys and masks against the types that the compiler wrote into the object.
func TestLayout(t *testing.T) {
	object, err := ebpf.LoadCollectionSpecFromReader(strings.NewReader(bpf.Sensor()))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]map[string]uint32{
		"program_key":  {"kind": 0, "text": 4},
		"policy_masks": {"observe": 0, "enforce": 8, "container": 16, "memory": 24, "dropped": 32},
	} {
		var s *btf.Struct
		if err := object.Types.TypeByName(name, &s); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, m := range s.Members {
			if at, ok := want[m.Name]; !ok || at != m.Offset.Bytes() {
				t.Errorf("%s.%s is at %d, written at %d (%v)", name, m.Name, m.Offset.Bytes(), at, ok)
			}
		}
	}
	if m := object.Maps["programs_stopped"]; m.MaxEntries < maxEntries || m.KeySize != 4+keyText {
		t.Errorf("room for %d programs of %d bytes", m.MaxEntries, m.KeySize)
	}
}

func TestPoliciesKeepTheirPlaces(t *testing.T) {
	names := func(list string) *Set {
		s := &Set{}
		for name := range strings.FieldsSeq(list) {
			s.Policies = append(s.Policies, Policy{Name: name})
		}
		return s
	}
	var old [MaxPolicies]*Policy
	steps := []struct {
		set, want string
		fresh     uint64
	}{
		{"a b c", "a b c", 0b111},
		{"c a", "a - c", 0},
		{"c d a", "a d c", 0b10},
		{"e f", "- - - e f", 0b11000}, // places that nobody had, while there are some
	}
	for _, step := range steps {
		slots, fresh := assign(&old, names(step.set))
		var got []string
		for _, p := range slots {
			name := "-"
			if p != nil {
				name = p.Name
			}
			got = append(got, name)
		}
		if text := strings.TrimRight(strings.Join(got, " "), " -"); text != step.want || fresh != step.fresh {
			t.Errorf("%s: got %q, fresh %b", step.set, text, fresh)
		}
		old = slots
	}
}

func TestWhomPoliciesApplyTo(t *testing.T) {
	web := Pod{Namespace: "shop", Name: "web-1", UID: "0d2cbc13-9e31-4f4b-8ad5-3f3b2ce1a7d0", Container: "main", Kind: "Deployment", Workload: "web"}
	with := func(change func(*Pod)) Pod { p := web; change(&p); return p }
	every := []Group{{Any, Any, Any}}
	tests := []struct {
		name   string
		pod    Pod
		policy Policy
		want   bool
	}{
		{"every pod", web, Policy{Mode: ModeEnforce, Pods: every}, true},
		{"observed", web, Policy{Mode: ModeObserve, Pods: every}, true},
		{"off", web, Policy{Pods: every}, false},
		{"namespace", web, Policy{Mode: ModeEnforce, Pods: []Group{{"shop", Any, Any}}}, true},
		{"another namespace", web, Policy{Mode: ModeEnforce, Pods: []Group{{"bank", Any, Any}}}, false},
		{"workload", web, Policy{Mode: ModeEnforce, Pods: []Group{{"bank", Any, Any}, {"shop", "Deployment", "web"}}}, true},
		{"another kind", web, Policy{Mode: ModeEnforce, Pods: []Group{{"shop", "Pod", "web"}}}, false},
		{"no group", web, Policy{Mode: ModeEnforce}, false},
		{"sandbox", with(func(p *Pod) { p.Container = "" }), Policy{Mode: ModeEnforce, Pods: every, SystemPods: true}, false},
		{"kube-system", with(func(p *Pod) { p.Namespace = "kube-system" }), Policy{Mode: ModeEnforce, Pods: every}, false},
		{"kube-system by name", with(func(p *Pod) { p.Namespace = "kube-system" }), Policy{Mode: ModeEnforce, Pods: []Group{{"kube-system", Any, Any}}}, false},
		{"kube-system, said twice", with(func(p *Pod) { p.Namespace = "kube-system" }), Policy{Mode: ModeEnforce, Pods: every, SystemPods: true}, true},
		{"static pod", with(func(p *Pod) { p.UID = "3c41c7a5e5d7a3b8f9b0e1d2c3b4a596" }), Policy{Mode: ModeEnforce, Pods: every}, false},
		{"critical for the node", with(func(p *Pod) { p.PriorityClass = "system-node-critical" }), Policy{Mode: ModeEnforce, Pods: every}, false},
		{"of unknown namespace", with(func(p *Pod) { p.Namespace = "" }), Policy{Mode: ModeEnforce, Pods: every}, false},
	}
	for _, tt := range tests {
		if got := tt.policy.applies(&tt.pod); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
