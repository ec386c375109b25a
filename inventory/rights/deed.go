package rights

import (
	"slices"
	"strings"
	"time"
)

// Deed is requests of an account that are alike.
type Deed struct {
	Verb string
	// Group, Resource and Subresource say to what kind of object; all are
	// empty where Path is the path of a request that is about none.
	Group, Resource, Subresource string
	// Namespace is empty for the whole cluster. Name is the object's, or
	// empty for any that no right names.
	Namespace, Name string
	Path            string
	// Requests of which Refused were refused by who authenticates or
	// authorizes, between First and Last.
	Requests, Refused int64
	First, Last       time.Time
	// Reason is what the log gives for the latest that was allowed.
	Reason string
}

// all is the wildcard of rules.
const all = "*"

// Allows reports whether a right allows a request.
func (r *Right) Allows(d *Deed) bool {
	if !has(r.Rule.Verbs, d.Verb) {
		return false
	}
	if d.Resource == "" {
		// A path is of no namespace, so that only a binding for the whole
		// cluster gives it.
		return r.Binding.Kind == "ClusterRoleBinding" && slices.ContainsFunc(r.Rule.URLs, func(u string) bool { return coversPath(u, d.Path) })
	}
	if r.Namespace != "" && r.Namespace != d.Namespace {
		return false
	}
	return has(r.Rule.APIGroups, d.Group) && slices.ContainsFunc(r.Rule.Resources, func(s string) bool { return coversResource(s, d) }) && r.coversName(d)
}

func has(list []string, want string) bool {
	return slices.Contains(list, all) || slices.Contains(list, want)
}

// coversResource: a name stands for itself alone, pods not for pods/log;
// */scale stands for that subresource of all.
func coversResource(s string, d *Deed) bool {
	switch kind, sub, ok := strings.Cut(s, "/"); {
	case s == all:
		return true
	case ok:
		return sub == d.Subresource && (kind == all || kind == d.Resource)
	default:
		return d.Subresource == "" && s == d.Resource
	}
}

// coversName: the name of what is yet to be created, or of what a request for
// many means, is not known when it is authorized.
func (r *Right) coversName(d *Deed) bool {
	if len(r.Rule.Names) == 0 {
		return true
	}
	if d.Name == "" || d.Verb == "deletecollection" || d.Verb == "create" && d.Subresource == "" {
		return false
	}
	return slices.Contains(r.Rule.Names, d.Name)
}

// coversPath: * stands for all, and at the end for all that begin so.
func coversPath(u, path string) bool {
	stem, more := strings.CutSuffix(u, all)
	return u == path || more && strings.HasPrefix(path, stem)
}
