package enforce

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/collect/sensor/guard"
)

func (r *reader) policies(n *yaml.Node) (out []Policy) {
	names := map[string]bool{}
	r.items(n, "policies", func(n *yaml.Node) {
		p := r.policy(n)
		if names[p.Name] {
			r.Fail(n, "there is another policy of the name %q", p.Name)
		}
		names[p.Name] = true
		if out = append(out, p); len(out) == MaxPolicies+1 {
			r.Fail(n, "there are more than %d policies", MaxPolicies)
		}
	})
	return out
}

func (r *reader) policy(n *yaml.Node) (p Policy) {
	given := map[string]bool{}
	with := func(name string, read func(*yaml.Node)) func(*yaml.Node) {
		return func(n *yaml.Node) { given[name] = true; read(n) }
	}
	r.Members(n, "a policy", map[string]func(*yaml.Node){
		"name": with("name", func(n *yaml.Node) { p.Name = r.Text(n, "name") }),
		"mode": with("mode", func(n *yaml.Node) {
			p.Mode = Mode(r.OneOf(n, "mode", ModeOff.String(), ModeObserve.String(), ModeEnforce.String()))
		}),
		"action": with("action", func(n *yaml.Node) {
			p.Action = Action(r.OneOf(n, "action", KillProcess.String(), KillContainer.String(), DenyExec.String(), DenyConnect.String()))
		}),
		"pods": with("pods", func(n *yaml.Node) {
			r.items(n, "pods", func(n *yaml.Node) { p.Pods = append(p.Pods, r.group(n)) })
			if len(n.Content) == 0 {
				r.Fail(n, "pods has to name a group; {namespace: %q} is every pod but those of the cluster itself", Any)
			}
		}),
		"systemPods": func(n *yaml.Node) { p.SystemPods = r.Flag(n, "systemPods") },
		"match":      with("match", func(n *yaml.Node) { p.Match = r.match(n) }),
	})
	for _, name := range [...]string{"name", "mode", "action", "pods", "match"} {
		if n.Kind == yaml.MappingNode && !given[name] {
			r.Fail(n, "the policy lacks %q", name)
		}
	}
	if given["match"] && given["action"] {
		r.agree(n, &p)
	}
	return p
}

// maxDenyPaths is how many paths a policy can deny before execution: looking up each takes some microseconds.
const maxDenyPaths = 64

// agree holds that what is done can be done to what is matched.
func (r *reader) agree(n *yaml.Node, p *Policy) {
	m := &p.Match
	kinds := []struct {
		name string
		any  bool
		by   []Action
	}{
		{"paths", len(m.Paths) > 0, []Action{KillProcess, KillContainer, DenyExec}},
		{"directories", len(m.Directories) > 0, []Action{KillProcess, KillContainer}},
		{"names", len(m.Names) > 0, []Action{KillProcess, KillContainer}},
		{"memoryOnly", m.MemoryOnly, []Action{KillProcess, KillContainer}},
		{"dropped", m.Dropped, []Action{KillProcess, KillContainer}},
		{"sha256", len(m.SHA256) > 0, []Action{DenyExec}},
		{"connect", len(m.Connect) > 0, []Action{DenyConnect}},
	}
	some := false
	for _, k := range kinds {
		some = some || k.any
		if k.any && !slices.Contains(k.by, p.Action) {
			r.Fail(n, "%s cannot be done to a match by %s; that goes with %s", p.Action, k.name, words(k.by))
		}
	}
	if p.Action == DenyExec && len(m.Paths) > maxDenyPaths {
		r.Fail(n, "the policy denies %d paths; %d is the most: each is looked up at every execution", len(m.Paths), maxDenyPaths)
	}
	if !some {
		r.Fail(n, "the policy matches nothing")
	}
}

func words(actions []Action) string {
	var out []string
	for _, a := range actions {
		out = append(out, a.String())
	}
	return strings.Join(out, ", ")
}

// bound reads how long an execution may be held up.
func (r *reader) bound(n *yaml.Node) time.Duration {
	d, err := time.ParseDuration(n.Value)
	if err != nil || d < guard.MinBound || d > guard.MaxBound {
		r.Fail(n, "bound has to be from %v to %v, such as %v", guard.MinBound, guard.MaxBound, guard.DefaultBound)
	}
	return d
}

func (r *reader) group(n *yaml.Node) Group {
	g := Group{Kind: Any, Workload: Any}
	r.Members(n, "a group of pods", map[string]func(*yaml.Node){
		"namespace": func(n *yaml.Node) { g.Namespace = r.Text(n, "namespace") },
		"kind":      func(n *yaml.Node) { g.Kind = r.Text(n, "kind") },
		"workload":  func(n *yaml.Node) { g.Workload = r.Text(n, "workload") },
	})
	if n.Kind == yaml.MappingNode && g.Namespace == "" {
		r.Fail(n, "the group lacks %q; %q is every namespace", "namespace", Any)
	}
	return g
}
