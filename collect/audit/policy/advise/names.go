package advise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// methods are what verbs are for requests about no resource.
var methods = []string{"get", "head", "post", "put", "patch", "delete", "options", "connect", "trace"}

// names finds names that no request has.
func (l *linter) names() {
	known := catalog()
	for i := range l.policy.Rules {
		r := &l.policy.Rules[i]
		l.verbs(i, r)
		for _, g := range r.Resources {
			for _, spec := range g.Resources {
				if p, bad := misnamed(known, g.Group, spec); bad {
					l.add(l.at(i, policy.Warning, "name", p, ""))
				}
			}
		}
		for _, u := range slices.Concat(r.Users, r.UserGroups) {
			if strings.Contains(u, "*") {
				l.add(l.at(i, policy.Warning, "name", fmt.Sprintf("%q: names of users and groups have no wildcards; nobody is called so", u), "write names out; all service accounts of a namespace are in the group system:serviceaccounts:NAMESPACE"))
			}
		}
	}
}

func (l *linter) verbs(i int, r *policy.Rule) {
	for _, v := range r.Verbs {
		switch {
		case slices.Contains(allVerbs, v), slices.Contains(methods, v) && len(r.Resources)+len(r.Namespaces) == 0:
		case v == "*":
			l.add(l.at(i, policy.Warning, "name", `verbs: "*" is no wildcard; the rule matches nothing`, "leave verbs out"))
		default:
			l.add(l.at(i, policy.Warning, "name", fmt.Sprintf("no request has the verb %q", v), "verbs are "+strings.Join(allVerbs, ", ")))
		}
	}
}

// misnamed says what is wrong with the name of a resource that cannot be
// meant.
func misnamed(known []Resource, group, spec string) (text string, bad bool) {
	head, _, _ := strings.Cut(spec, "/")
	if head == "*" {
		if spec == "*/*" {
			return `"*/*" matches nothing; "*" is every resource and subresource`, true
		}
		return "", false
	}
	var groups []string
	builtin := group == "*"
	for _, r := range known {
		if r.Group == group {
			builtin = true
			if r.Type == head || r.Type == strings.ToLower(head)+"s" && r.Type != head {
				if r.Type == head {
					return "", false
				}
				return fmt.Sprintf("no resource is called %q; it is %q", spec, r.Type), true
			}
		}
		if r.Type == head && r.Sub == "" {
			groups = append(groups, fmt.Sprintf("%q", r.Group))
		}
	}
	switch {
	case group == "*":
		return "", false
	case len(groups) > 0:
		return fmt.Sprintf("%s is in the group %s, not in %q", head, strings.Join(groups, " or "), group), true
	case builtin && strings.ToLower(head) != head:
		return fmt.Sprintf("no resource is called %q: names are plural and in lower case", spec), true
	}
	return "", false
}
