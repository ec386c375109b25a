package policy

import (
	"slices"
	"strings"
)

// Covers reports whether r certainly matches every request that other
// matches. False means "not certainly".
func (r *Rule) Covers(other *Rule) bool {
	return coversList(r.Users, other.Users) && coversList(r.UserGroups, other.UserGroups) && coversList(r.Verbs, other.Verbs) && r.coversWhat(other)
}

// coversList reports whether every value that b allows is one that a allows,
// where no values stand for all.
func coversList(a, b []string) bool {
	if len(a) == 0 {
		return true
	}
	return len(b) > 0 && !slices.ContainsFunc(b, func(v string) bool { return !slices.Contains(a, v) })
}

func (r *Rule) coversWhat(other *Rule) bool {
	switch {
	case len(r.Resources)+len(r.Namespaces) > 0:
		if len(other.Resources)+len(other.Namespaces) == 0 || !coversList(r.Namespaces, other.Namespaces) {
			return false
		}
		return len(r.Resources) == 0 || len(other.Resources) > 0 && !slices.ContainsFunc(other.Resources, func(g GroupResources) bool { return !r.coversGroup(&g) })
	case len(r.NonResourceURLs) > 0:
		return len(other.NonResourceURLs) > 0 && !slices.ContainsFunc(other.NonResourceURLs, func(u string) bool {
			return !slices.ContainsFunc(r.NonResourceURLs, func(own string) bool { return matchesURL(own, u) })
		})
	}
	return true
}

// coversGroup reports whether one entry of r.Resources covers each resource
// of g.
func (r *Rule) coversGroup(g *GroupResources) bool {
	covered := func(spec string) bool {
		return slices.ContainsFunc(r.Resources, func(own GroupResources) bool {
			if own.Group != g.Group && own.Group != "*" {
				return false
			}
			if len(own.Resources) == 0 {
				return true
			}
			return coversList(own.ResourceNames, g.ResourceNames) && slices.ContainsFunc(own.Resources, func(o string) bool { return coversSpec(o, spec) })
		})
	}
	if len(g.Resources) == 0 {
		return covered("*")
	}
	return !slices.ContainsFunc(g.Resources, func(spec string) bool { return !covered(spec) })
}

// coversSpec reports whether an entry of resources covers another.
func coversSpec(a, b string) bool {
	if a == b || a == "*" {
		return true
	}
	if b == "*" {
		return false
	}
	head, tail := cutSpec(b)
	if tail == "*" || head == "*" {
		return false
	}
	return matchesType(a, head, tail)
}

// cutSpec divides "pods/log" into the resource and what is below it.
func cutSpec(spec string) (resource, sub string) {
	resource, sub, _ = strings.Cut(spec, "/")
	return resource, sub
}
