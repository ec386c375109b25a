package rights

import (
	"cmp"
	"slices"
)

// Right is one rule that an account has through one binding.
type Right struct {
	Binding Ref
	Role    Ref
	// Subject is how the binding names the account: itself, or a group of it.
	Subject Subject
	// Namespace is where it holds; empty for the whole cluster.
	Namespace string
	Rule      Rule
	// From are the roles that an aggregated role has the rule from, sorted.
	From []string
}

// Missing is a binding of the account to a role that is not known: it was
// deleted, or whoever looks may not see it.
type Missing struct {
	Binding Ref `json:"binding"`
	Role    Ref `json:"role"`
}

// Rights returns what an account may do, sorted by what gives it, and the
// bindings to it whose role is not known.
func (b *Book) Rights(a Account) (list []Right, missing []Missing) {
	for i := range b.bindings {
		bound := &b.bindings[i]
		at := slices.IndexFunc(bound.subjects, func(s Subject) bool { return a.is(s, bound.ref.Namespace) })
		if at < 0 {
			continue
		}
		r, ok := b.roles[bound.role]
		if !ok {
			missing = append(missing, Missing{bound.ref, bound.role})
			continue
		}
		for _, rule := range b.rules(r, nil) {
			list = append(list, Right{Binding: bound.ref, Role: bound.role, Subject: bound.subjects[at], Namespace: bound.ref.Namespace, Rule: rule, From: b.from(r, rule)})
		}
	}
	slices.SortStableFunc(list, func(x, y Right) int { return compareRefs(x.Binding, y.Binding) })
	slices.SortFunc(missing, func(x, y Missing) int { return compareRefs(x.Binding, y.Binding) })
	return list, missing
}

func compareRefs(x, y Ref) int {
	return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.Name, y.Name))
}

// is reports whether a subject of a binding in a namespace is the account.
func (a Account) is(s Subject, namespace string) bool {
	switch s.Kind {
	case "User":
		return s.Name == a.Name
	case "Group":
		return slices.Contains(a.Groups, s.Name)
	case "ServiceAccount":
		ns, name, ok := serviceAccount(a.Name)
		return ok && name == s.Name && ns == cmp.Or(s.Namespace, namespace)
	}
	return false
}

// rules are those of a role. An aggregated role has them written into it by
// the cluster's controller; one whose rules are not there yet has those of the
// roles that it selects, which may be aggregated themselves.
func (b *Book) rules(r *role, above []*role) []Rule {
	if len(r.rules) > 0 || len(r.selectors) == 0 || slices.Contains(above, r) {
		return r.rules
	}
	var out []Rule
	for _, part := range b.selected(r) {
		out = append(out, b.rules(part, append(above, r))...)
	}
	return out
}

// selected are the roles that an aggregated one selects, in order of name.
func (b *Book) selected(r *role) []*role {
	var out []*role
	for _, one := range b.roles {
		if one != r && one.ref.Kind == "ClusterRole" && slices.ContainsFunc(r.selectors, func(s selector) bool { return s.matches(one.labels) }) {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(x, y *role) int { return compareRefs(x.ref, y.ref) })
	return out
}

// from names the roles that an aggregated role has a rule from.
func (b *Book) from(r *role, rule Rule) []string {
	if len(r.selectors) == 0 {
		return nil
	}
	var out []string
	for _, part := range b.selected(r) {
		if slices.ContainsFunc(part.rules, rule.equal) {
			out = append(out, part.ref.Name)
		}
	}
	return out
}

func (r Rule) equal(o Rule) bool {
	return slices.Equal(r.Verbs, o.Verbs) && slices.Equal(r.APIGroups, o.APIGroups) && slices.Equal(r.Resources, o.Resources) &&
		slices.Equal(r.Names, o.Names) && slices.Equal(r.URLs, o.URLs)
}
