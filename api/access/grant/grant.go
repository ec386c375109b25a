// Package grant says which role and which limit somebody has for whom others
// vouch: an identity provider by its claims, a cluster by a user's name and
// groups. The rules stand in one YAML file; the first that fits counts.
package grant

import (
	"slices"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/kql/scope"
)

// Rules are those of a file, in its order.
type Rules struct{ list []rule }

// rule gives a role to those for whom all its conditions hold.
type rule struct {
	method     method
	conditions []condition
	role       token.Role
	scope      scope.Scope
}

// method is by whom somebody has to be vouched for.
type method uint8

const (
	oidc method = iota + 1
	kubernetes
)

// condition holds where a claim has one of the values.
type condition struct {
	claim  string
	values []string
}

// Grant is what a rule gives.
type Grant struct {
	Role  token.Role
	Scope scope.Scope
}

// Names of what Kubernetes says of a user, in conditions.
const (
	users  = "users"
	groups = "groups"
)

// Claims are what an identity provider says of somebody, by name; values that
// are neither texts nor lists of them are left out.
type Claims map[string][]string

// OIDC returns what the first rule gives that fits claims of an identity
// provider; ok is false where none does.
func (r *Rules) OIDC(c Claims) (g Grant, ok bool) { return r.first(oidc, c) }

// Kubernetes returns what the first rule gives that fits a user of a cluster;
// ok is false where none does.
func (r *Rules) Kubernetes(user string, in []string) (g Grant, ok bool) {
	return r.first(kubernetes, Claims{users: {user}, groups: in})
}

// ForOIDC reports whether a rule is for people of an identity provider.
func (r *Rules) ForOIDC() bool { return r.has(oidc) }

// ForKubernetes reports whether a rule is for users of a cluster.
func (r *Rules) ForKubernetes() bool { return r.has(kubernetes) }

func (r *Rules) has(m method) bool {
	return slices.ContainsFunc(r.list, func(one rule) bool { return one.method == m })
}

func (r *Rules) first(m method, c Claims) (g Grant, ok bool) {
	for i := range r.list {
		if one := &r.list[i]; one.method == m && one.fits(c) {
			return Grant{one.role, one.scope}, true
		}
	}
	return Grant{}, false
}

func (r *rule) fits(c Claims) bool {
	for _, cond := range r.conditions {
		if !slices.ContainsFunc(c[cond.claim], func(v string) bool { return slices.Contains(cond.values, v) }) {
			return false
		}
	}
	return true
}
