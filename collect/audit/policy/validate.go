package policy

import (
	"fmt"
	"strings"
)

// maxGroup is the length of the longest name of an API group (RFC 1123).
const maxGroup = 253

// validate adds what makes the API server refuse p.
func (r *reader) validate(p *Policy) {
	if len(p.Rules) == 0 && !Illegal(r.problems) {
		r.refuse(Pos{1, 1}, "empty", "rules", "the policy has no rules", "give it one, such as {level: Metadata}")
	}
	for i := range p.Rules {
		r.validateRule(&p.Rules[i], fmt.Sprintf("rules[%d]", i))
	}
}

func (r *reader) validateRule(p *Rule, path string) {
	switch {
	case p.Level == "":
		r.refuse(p.At, "level", path+".level", "the level is missing", "levels are None, Metadata, Request and RequestResponse")
	case p.Level.Rank() < 0:
		r.refuse(p.At, "level", path+".level", fmt.Sprintf("%q is no level", p.Level), "levels are None, Metadata, Request and RequestResponse, written so")
	}
	for i, u := range p.NonResourceURLs {
		r.validateURL(p, u, fmt.Sprintf("%s.nonResourceURLs[%d]", path, i))
	}
	for i, g := range p.Resources {
		at := fmt.Sprintf("%s.resources[%d]", path, i)
		if g.Group != "" && g.Group != "*" && !isSubdomain(g.Group) {
			r.refuse(p.At, "group", at+".group", fmt.Sprintf("%q is no name of an API group", g.Group), "write the group without its version, in lower case: apps, rbac.authorization.k8s.io")
		}
		if len(g.ResourceNames) > 0 && len(g.Resources) == 0 {
			r.refuse(p.At, "resource-names", at+".resourceNames", "names of objects need resources beside them", "say of which resources")
		}
	}
	if len(p.NonResourceURLs) > 0 && (len(p.Resources) > 0 || len(p.Namespaces) > 0) {
		r.refuse(p.At, "both", path, "resources or namespaces, and nonResourceURLs in one rule: no request is both", "make two rules of it")
	}
}

func (r *reader) validateURL(p *Rule, u, path string) {
	switch {
	case u == "*":
	case !strings.HasPrefix(u, "/"):
		r.refuse(p.At, "url", path, fmt.Sprintf("%q does not begin with /", u), "")
	case strings.Contains(u[:len(u)-1], "*"):
		r.refuse(p.At, "url", path, fmt.Sprintf("%q has a * before its end", u), "a * stands at the end only and means any rest")
	}
}

// isSubdomain reports whether name is a DNS subdomain of RFC 1123 in lower
// case.
func isSubdomain(name string) bool {
	if len(name) > maxGroup {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || !alnum(label[0]) || !alnum(label[len(label)-1]) {
			return false
		}
		for i := range len(label) {
			if !alnum(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return true
}

func alnum(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
