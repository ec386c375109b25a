package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestMatchesType(t *testing.T) {
	tests := []struct {
		spec, resource, sub string
		want                bool
	}{
		{"pods", "pods", "", true},
		{"pods", "pods", "log", false},
		{"pods/log", "pods", "log", true},
		{"pods/log", "pods", "", false},
		{"pods/*", "pods", "log", true},
		{"pods/*", "pods", "", true},
		{"pods/*", "podtemplates", "", false},
		{"*/scale", "deployments", "scale", true},
		{"*/scale", "scale", "", false},
		{"*", "pods", "log", true},
		{"*/*", "pods", "log", false},
		{"", "pods", "", false},
	}
	for _, tt := range tests {
		if got := matchesType(tt.spec, tt.resource, tt.sub); got != tt.want {
			t.Errorf("matchesType(%q, %q, %q) = %v", tt.spec, tt.resource, tt.sub, got)
		}
	}
}

func TestMatchesURL(t *testing.T) {
	tests := []struct {
		spec, path string
		want       bool
	}{
		{"*", "/x", true}, {"/healthz", "/healthz", true}, {"/healthz", "/healthz/etcd", false}, {"/healthz*", "/healthz/etcd", true},
		{"/healthz*", "/healthz", true}, {"/api/*", "/api", false}, {"/api/*", "/api/v1", true}, {"/a", "/A", false},
	}
	for _, tt := range tests {
		if got := matchesURL(tt.spec, tt.path); got != tt.want {
			t.Errorf("matchesURL(%q, %q) = %v", tt.spec, tt.path, got)
		}
	}
}

// naive decides by the words of the documentation: it spells out what each
// rule means as a set of requests and takes the first that holds this one.
func naive(p *Policy, a *Attributes) (Level, int) {
	for i, r := range p.Rules {
		holds := true
		if len(r.Users) > 0 {
			holds = holds && a.Known && slices.Contains(r.Users, a.User)
		}
		if len(r.UserGroups) > 0 {
			any := false
			for _, g := range a.Groups {
				any = any || slices.Contains(r.UserGroups, g)
			}
			holds = holds && a.Known && any
		}
		if len(r.Verbs) > 0 {
			holds = holds && slices.Contains(r.Verbs, a.Verb)
		}
		if len(r.Namespaces) > 0 {
			holds = holds && a.Resource && slices.Contains(r.Namespaces, a.Namespace)
		}
		if len(r.Resources) > 0 {
			any := false
			for _, g := range r.Resources {
				any = any || naiveGroup(g, a)
			}
			holds = holds && a.Resource && any
		}
		if len(r.NonResourceURLs) > 0 && len(r.Resources)+len(r.Namespaces) == 0 {
			any := false
			for _, u := range r.NonResourceURLs {
				any = any || u == a.Path || u == "*" || strings.HasSuffix(u, "*") && len(a.Path) >= len(u)-1 && a.Path[:len(u)-1] == u[:len(u)-1]
			}
			holds = holds && !a.Resource && any
		}
		if holds {
			return r.Level, i
		}
	}
	return None, -1
}

// naiveGroup writes out every text that means the resource.
func naiveGroup(g GroupResources, a *Attributes) bool {
	means := []string{"*", a.Type + "/*"}
	if a.Sub == "" {
		means = append(means, a.Type)
	} else {
		means = append(means, a.Type+"/"+a.Sub, "*/"+a.Sub)
	}
	found := len(g.Resources) == 0
	for _, r := range g.Resources {
		found = found || slices.Contains(means, r) && (len(g.ResourceNames) == 0 || slices.Contains(g.ResourceNames, a.Name))
	}
	return found && (g.Group == "*" || g.Group == a.Group)
}

// random makes policies and requests of few words, so that they often meet.
type random struct{ *rand.Rand }

func (r random) some(most int, of ...string) (out []string) {
	for range r.IntN(most + 1) {
		out = append(out, of[r.IntN(len(of))])
	}
	return out
}

func (r random) one(of ...string) string { return of[r.IntN(len(of))] }

func (r random) rule() Rule {
	out := Rule{Level: levels[r.IntN(len(levels))]}
	if r.IntN(3) == 0 {
		out.Users = r.some(2, "a", "b", "c")
	}
	if r.IntN(3) == 0 {
		out.UserGroups = r.some(2, "g", "h")
	}
	if r.IntN(2) == 0 {
		out.Verbs = r.some(2, "get", "list", "create")
	}
	switch r.IntN(4) {
	case 0:
		out.NonResourceURLs = r.some(2, "*", "/x", "/x*", "/x/y", "/z*")
	case 1, 2:
		for range r.IntN(3) {
			out.Resources = append(out.Resources, GroupResources{
				r.one("", "apps", "*"), r.some(2, "*", "pods", "pods/log", "pods/*", "*/log", "*/scale", "nodes"), r.some(r.IntN(2), "n", "m")})
		}
		if r.IntN(2) == 0 {
			out.Namespaces = r.some(2, "", "s", "t")
		}
	}
	return out
}

func (r random) attributes() Attributes {
	a := Attributes{Known: r.IntN(5) > 0, Verb: r.one("get", "list", "create")}
	if a.Known {
		a.User, a.Groups = r.one("a", "b", "c", "d"), r.some(2, "g", "h", "i")
	}
	if a.Resource = r.IntN(4) > 0; a.Resource {
		a.Group, a.Type, a.Sub, a.Namespace, a.Name = r.one("", "apps"), r.one("pods", "nodes"), r.one("", "log", "scale"), r.one("", "s", "t"), r.one("", "n", "m", "o")
	} else {
		a.Path = r.one("/x", "/x/y", "/z", "/", "/zz/x")
	}
	return a
}

func TestDecideEqualsNaive(t *testing.T) {
	r := random{rand.New(rand.NewPCG(1, 2))}
	decided := map[int]int{}
	for range 20_000 {
		p := &Policy{}
		for range r.IntN(6) {
			p.Rules = append(p.Rules, r.rule())
		}
		for range 10 {
			a := r.attributes()
			level, i := naive(p, &a)
			if got := p.Decide(&a); got.Level != level || got.Rule != i {
				t.Fatalf("%+v of %+v: rule %d %s, want %d %s", a, p.Rules, got.Rule, got.Level, i, level)
			}
			decided[i]++
		}
	}
	if len(decided) < 6 {
		t.Errorf("only rules %v decide", decided)
	}
}

// TestCoversIsSound holds that what Covers says is true of every request.
func TestCoversIsSound(t *testing.T) {
	r := random{rand.New(rand.NewPCG(3, 4))}
	covers := 0
	for range 50_000 {
		x, y := r.rule(), r.rule()
		if !x.Covers(&y) {
			continue
		}
		covers++
		for range 40 {
			if a := r.attributes(); y.Matches(&a) && !x.Matches(&a) {
				t.Fatalf("%+v covers %+v, but not %+v", x, y, a)
			}
		}
	}
	if covers < 1000 {
		t.Error("only", covers, "pairs cover each other")
	}
}

func TestCovers(t *testing.T) {
	res := func(group string, names ...string) Rule {
		return Rule{Resources: []GroupResources{{Group: group, Resources: names}}}
	}
	tests := []struct {
		a, b Rule
		want bool
	}{
		{Rule{}, res("", "pods"), true},
		{Rule{Verbs: []string{"get"}}, Rule{}, false},
		{res(""), res("", "pods", "pods/log"), true},
		{res("", "pods/*"), res("", "pods/log"), true},
		{res("", "pods"), res("", "pods/*"), false},
		{res("*", "*"), res("apps"), true},
		{Rule{NonResourceURLs: []string{"/api*"}}, Rule{NonResourceURLs: []string{"/api/v1*"}}, true},
		{Rule{UserGroups: []string{"system:authenticated"}}, Rule{Users: []string{"jane"}}, false},
		{Rule{Namespaces: []string{"a"}}, res("", "pods"), false},
	}
	for _, tt := range tests {
		if got := tt.a.Covers(&tt.b); got != tt.want {
			t.Errorf("%+v covers %+v = %v", tt.a, tt.b, got)
		}
	}
}

func TestOmitStages(t *testing.T) {
	p := &Policy{OmitStages: []Stage{RequestReceived}, Rules: []Rule{{Level: Metadata, OmitStages: []Stage{Panic}}}}
	d := p.Decide(&Attributes{})
	got := fmt.Sprint(d.Records(RequestReceived), d.Records(ResponseStarted), d.Records(ResponseComplete), d.Records(Panic))
	if got != "false true true false" {
		t.Error(got)
	}
}
