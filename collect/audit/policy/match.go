package policy

import (
	"slices"
	"strings"
)

// Attributes are what a policy is asked about a request: who signed in
// (before any impersonation), and what is asked for.
type Attributes struct {
	// Known is false where nobody signed in; rules that name users or groups
	// do not match then.
	Known  bool
	User   string
	Groups []string
	Verb   string
	// Resource says that the request is about a resource. Then Group to Name
	// count, else Path.
	Resource                          bool
	Group, Type, Sub, Namespace, Name string
	Path                              string
}

// Decision is what a policy says about a request.
type Decision struct {
	// Rule is the index of the rule that decided, -1 where none matched.
	Rule  int
	Level Level
	// OmitStages of the policy and of the rule.
	OmitStages        []Stage
	OmitManagedFields bool
}

// Records reports whether an event of a stage is written.
func (d Decision) Records(s Stage) bool {
	return d.Level != None && !slices.Contains(d.OmitStages, s)
}

// Decide returns what the policy says about a request: what its first rule
// that matches says, and nothing is recorded where none does.
func (p *Policy) Decide(a *Attributes) Decision {
	for i := range p.Rules {
		if p.Rules[i].Matches(a) {
			return p.decision(i)
		}
	}
	return Decision{Rule: -1, Level: None, OmitStages: p.OmitStages, OmitManagedFields: p.OmitManagedFields}
}

func (p *Policy) decision(i int) Decision {
	r := &p.Rules[i]
	d := Decision{Rule: i, Level: r.Level, OmitStages: p.OmitStages, OmitManagedFields: p.OmitManagedFields}
	if len(r.OmitStages) > 0 {
		d.OmitStages = slices.Concat(p.OmitStages, r.OmitStages)
	}
	if r.OmitManagedFields != nil {
		d.OmitManagedFields = *r.OmitManagedFields
	}
	return d
}

// Matches reports whether the rule matches a request.
func (r *Rule) Matches(a *Attributes) bool {
	if len(r.Users) > 0 && (!a.Known || !slices.Contains(r.Users, a.User)) {
		return false
	}
	inGroup := func(g string) bool { return slices.Contains(r.UserGroups, g) }
	if len(r.UserGroups) > 0 && (!a.Known || !slices.ContainsFunc(a.Groups, inGroup)) {
		return false
	}
	if len(r.Verbs) > 0 && !slices.Contains(r.Verbs, a.Verb) {
		return false
	}
	switch {
	case len(r.Namespaces) > 0 || len(r.Resources) > 0:
		return a.Resource && r.matchesResource(a)
	case len(r.NonResourceURLs) > 0:
		isURL := func(u string) bool { return matchesURL(u, a.Path) }
		return !a.Resource && slices.ContainsFunc(r.NonResourceURLs, isURL)
	}
	return true
}

func (r *Rule) matchesResource(a *Attributes) bool {
	if len(r.Namespaces) > 0 && !slices.Contains(r.Namespaces, a.Namespace) {
		return false
	}
	if len(r.Resources) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Resources, func(g GroupResources) bool { return g.matches(a) })
}

func (g *GroupResources) matches(a *Attributes) bool {
	switch {
	case g.Group != a.Group && g.Group != "*":
		return false
	case len(g.Resources) == 0:
		return true
	case len(g.ResourceNames) > 0 && !slices.Contains(g.ResourceNames, a.Name):
		return false
	}
	return slices.ContainsFunc(g.Resources, func(spec string) bool { return matchesType(spec, a.Type, a.Sub) })
}

// matchesType reports whether an entry of resources means a resource, or its
// subresource sub where that is not empty.
func matchesType(spec, resource, sub string) bool {
	if spec == "*" || sub == "" && spec == resource || sub != "" && spec == resource+"/"+sub {
		return true
	}
	if base, ok := strings.CutSuffix(spec, "/*"); ok && base == resource {
		return true
	}
	below, ok := strings.CutPrefix(spec, "*/")
	return ok && sub != "" && below == sub
}

// matchesURL reports whether an entry of nonResourceURLs means a path. Any
// number of * at its end mean any rest.
func matchesURL(spec, path string) bool {
	return spec == "*" || spec == path || strings.HasSuffix(spec, "*") && strings.HasPrefix(path, strings.TrimRight(spec, "*"))
}
