//go:build cgo

package hub

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/store/nodesets"
	"github.com/lynceus-io/lynceus/store/state"
	"github.com/lynceus-io/lynceus/store/switches"
)

// obedient is a node that runs what it is told.
type obedient struct {
	mu    sync.Mutex
	runs  peer.Hello
	rules peer.RuleSet
	files map[string]string // of policies
}

func (o *obedient) hello() peer.Hello {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.runs
}

func (o *obedient) do(_ context.Context, c peer.Command) peer.Answer {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch c.Kind {
	case peer.Policy:
		var set peer.PolicySet
		if err := json.Unmarshal(c.Body, &set); err != nil {
			return peer.Answer{Error: err.Error()}
		}
		o.runs.Policy, o.files = set.Version, set.Files
	case peer.Rules:
		o.rules = peer.RuleSet{}
		if err := json.Unmarshal(c.Body, &o.rules); err != nil {
			return peer.Answer{Error: err.Error()}
		}
		o.runs.Rules = o.rules.Version
	}
	return peer.Answer{Body: []byte(`{}`)}
}

func (o *obedient) connect(t *testing.T, u *Up, dir, name string) *link.Link {
	t.Helper()
	_, p := proof(t, dir, token.New{Name: name, Role: token.Sensor, Cluster: "prod", Node: name, By: "test"})
	return connect(t, u, p, func(l *link.Options) { l.Hello, l.Do = o.hello, o.do })
}

const nodePolicies = "policies: [{name: no-miners, mode: enforce, action: kill-process, pods: [{namespace: shop}], match: {names: [xmrig]}}]\n"

// What nodes are to run reaches those that are connected, and others when they connect; changes, rules that are switched
// off and restarts of either side do, too.
func TestNodeSets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := UpOptions{Dir: dir, Gate: &GateOptions{Listen: "127.0.0.1:0"}, Rules: rulesOf(t, shellRule), NodeRules: peer.Files{"builtin/shell.yml": shellRule}, Maintain: time.Hour, Log: logs(t)}
	u := startUp(t, o)
	one, other, deaf := &obedient{}, &obedient{}, &obedient{}
	one.runs.Takes, other.runs.Takes = []string{peer.Policy, peer.Rules}, []string{peer.Policy, peer.Rules}
	link1 := one.connect(t, u, dir, "n1")
	deaf.connect(t, u, dir, "n3")
	nodes := func(want func(api.Node) bool, names ...string) func() bool {
		return func() bool {
			n := 0
			for _, x := range u.peers.Nodes() {
				if slices.Contains(names, x.Node) && x.Connected && want(x) {
					n++
				}
			}
			return n == len(names)
		}
	}
	put := func(in api.NodeSetPut) api.NodeSet {
		t.Helper()
		s, err := u.nodeSets.Put(t.Context(), in, "ann")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	runs := func(s api.NodeSet) func(api.Node) bool {
		return func(x api.Node) bool {
			return x.Policy == s.PolicyVersion && x.Rules == s.RulesVersion && x.WantedPolicy == x.Policy && x.WantedRules == x.Rules && x.BehindSince == nil
		}
	}
	s := put(api.NodeSetPut{Policies: peer.Files{"a.yaml": nodePolicies}, Rules: peer.Files{"dog.yml": dogRule}, Builtin: true, Reason: "begin"})
	until(t, 2*time.Minute, "the node runs it", nodes(runs(s), "n1"))
	until(t, 2*time.Minute, "what lets the hub say nothing is told", nodes(func(x api.Node) bool {
		return x.BehindSince != nil && strings.Contains(x.Behind, "--hub-policies")
	}, "n3"))
	other.connect(t, u, dir, "n2")
	until(t, 2*time.Minute, "a node that connects runs it", nodes(runs(s), "n2"))
	files, err := peer.Unpack(one.rules.Packed)
	if err != nil || files["dog.yml"] != dogRule || files["builtin/shell.yml"] != shellRule || one.files["a.yaml"] != nodePolicies {
		t.Errorf("%v, %v", files, err)
	}

	// One node alone is not told otherwise, and what nodes could not read is refused.
	if _, err := u.peers.Command(t.Context(), api.NodeCommand{Cluster: "prod", Node: "n1", Kind: peer.Policy}, "ann"); !errors.Is(err, api.ErrGoverned) {
		t.Errorf("%v", err)
	}
	for _, in := range []api.NodeSetPut{
		{Policies: peer.Files{"a": "policies: 7"}}, {Rules: peer.Files{"a.yml": "title: x"}}, {Rules: peer.Files{"a.yml": "- rule: x\n  condition: and and"}}, {},
		{Policies: peer.Files{"a": nodePolicies, "b": nodePolicies}},
	} {
		in.Revision = s.Revision
		if _, err := u.nodeSets.Put(t.Context(), in, "ann"); !errors.Is(err, nodesets.ErrInvalid) {
			t.Errorf("%v: %v", in, err)
		}
	}

	// A rule that is switched off is off on nodes.
	if _, err := u.switches.SwitchOff(t.Context(), switches.Switch{Rule: rulesOf(t, shellRule)[0].ID, Cluster: "prod", Reason: "noise"}, "ann"); err != nil {
		t.Fatal(err)
	}
	until(t, 2*time.Minute, "the rule is off on both", func() bool {
		for _, o := range []*obedient{one, other} {
			o.mu.Lock()
			off := len(o.rules.Off)
			o.mu.Unlock()
			if off != 1 {
				return false
			}
		}
		return true
	})
	until(t, 2*time.Minute, "they say so", nodes(func(x api.Node) bool {
		return x.Rules != s.RulesVersion && x.Rules == x.WantedRules
	}, "n1", "n2"))

	// The hub restarts, and one node comes back without its disk.
	if err := link1.Close(); err != nil {
		t.Fatal(err)
	}
	stopUp(t, u)
	u = startUp(t, o)
	lost := &obedient{runs: peer.Hello{Takes: []string{peer.Policy, peer.Rules}}}
	lost.connect(t, u, dir, "n1")
	until(t, 2*time.Minute, "it runs it again", nodes(func(x api.Node) bool {
		return x.Policy == s.PolicyVersion && x.Rules != "" && x.Rules == x.WantedRules
	}, "n1"))
	h, err := u.nodeSets.History(t.Context(), "")
	if err != nil || len(h) != 1 || h[0].Author != "ann" || h[0].Reason != "begin" {
		t.Errorf("%+v, %v", h, err)
	}
	until(t, 2*time.Minute, "it is in the record of uses", func() bool {
		return number(t, u.store, "selfaudit | where action == 'command_rules' and message contains 'n1' | count") != "0"
	})
}

// fakeGate has one sensor, which answers as it is told to.
type fakeGate struct {
	hello  peer.Hello
	answer peer.Answer
	err    error
	asked  []string
}

func (g *fakeGate) Peers() []gate.Peer {
	return []gate.Peer{{Name: peer.Name{Kind: peer.Sensor, Cluster: "prod", Node: "n1"}, Connected: true, Hello: g.hello}}
}

func (g *fakeGate) Command(_ context.Context, _ peer.Name, kind string, body any, _ time.Duration) (peer.Answer, error) {
	g.asked = append(g.asked, kind)
	return g.answer, g.err
}

// A node that does not run what it is to run for a minute is a condition, with why, until it does; it is told again, and
// not all the time.
func TestNodeOutdated(t *testing.T) {
	b := setsOf(t)
	set, err := b.Put(t.Context(), api.NodeSetPut{Policies: peer.Files{}}, "ann")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	g := &fakeGate{hello: peer.Hello{Takes: []string{peer.Policy}}, answer: peer.Answer{Error: "the disk is full"}}
	p := newPush(g, b, func(n peer.Name) string { return n.Cluster }, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	pass := func(d time.Duration) {
		for end := now.Add(d); now.Before(end); now = now.Add(time.Second) {
			var todo []func()
			p.look(func(b *behind, body any) { todo = append(todo, func() { p.tell(t.Context(), b, body) }) })
			for _, f := range todo {
				f()
			}
		}
	}
	pass(59 * time.Second)
	if c := p.conditions(now); len(c) != 0 || len(g.asked) != 4 {
		t.Errorf("%+v, asked %d times", c, len(g.asked))
	}
	pass(2 * time.Second)
	c := p.conditions(now)
	if len(c) != 1 || c[0].Code != "node-outdated" || c[0].Level != coverage.Failure || c[0].Node != "n1" || c[0].Cluster != "prod" || !strings.Contains(c[0].Text, "the disk is full") || !strings.Contains(c[0].Text, set.PolicyVersion) {
		t.Errorf("%+v", c)
	}
	if since, why := p.of(peer.Name{Kind: peer.Sensor, Cluster: "prod", Node: "n1"}); since == nil || !strings.Contains(why, "the disk is full") {
		t.Errorf("%v %s", since, why)
	}
	g.hello.Policy = set.PolicyVersion
	pass(2 * time.Second)
	if c := p.conditions(now); len(c) != 0 {
		t.Errorf("%+v", c)
	}
}

// setsOf are sets over a bus of their own.
func setsOf(t *testing.T) *nodeSets {
	t.Helper()
	u := startUp(t, UpOptions{Dir: t.TempDir(), Rules: rulesOf(t, shellRule), Maintain: time.Hour, Log: logs(t)})
	return u.nodeSets
}

// Nobody changes what somebody else has changed meanwhile.
func TestNodeSetConflict(t *testing.T) {
	b := setsOf(t)
	if _, err := b.Put(t.Context(), api.NodeSetPut{Policies: peer.Files{}}, "ann"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Put(t.Context(), api.NodeSetPut{Policies: peer.Files{}}, "bob"); !errors.Is(err, state.ErrConflict) {
		t.Errorf("%v", err)
	}
}
