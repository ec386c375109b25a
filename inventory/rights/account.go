package rights

import (
	"slices"
	"strings"
)

const serviceAccountPrefix = "system:serviceaccount:"

// Groups that the API server gives by itself.
const (
	groupMasters         = "system:masters"
	groupAuthenticated   = "system:authenticated"
	groupUnauthenticated = "system:unauthenticated"
	groupServiceAccounts = "system:serviceaccounts"
	groupNodes           = "system:nodes"
	userAnonymous        = "system:anonymous"
)

// Account is somebody who asks: a user name as the API server has it, and the
// groups that come with it.
type Account struct {
	Name   string
	Groups []string // sorted, each once
}

// NewAccount returns the account of a user name, with the groups that were
// seen with it and those that the API server gives such a name by itself. A
// service account may be written as namespace/name, too.
func NewAccount(name string, seen []string) Account {
	if ns, short, ok := strings.Cut(name, "/"); ok && !strings.Contains(name, ":") && ns != "" && short != "" && !strings.Contains(short, "/") {
		name = serviceAccountPrefix + ns + ":" + short
	}
	groups := slices.Clone(seen)
	switch ns, _, ok := serviceAccount(name); {
	case ok:
		groups = append(groups, groupServiceAccounts, groupServiceAccounts+":"+ns, groupAuthenticated)
	case strings.HasPrefix(name, "system:node:"):
		groups = append(groups, groupNodes, groupAuthenticated)
	case name == userAnonymous:
		groups = append(groups, groupUnauthenticated)
	case name != "":
		groups = append(groups, groupAuthenticated)
	}
	slices.Sort(groups)
	return Account{Name: name, Groups: slices.Compact(groups)}
}

// Everything reports whether the account may do everything without any role:
// the authorizer asks nothing of the group system:masters.
func (a Account) Everything() bool { return slices.Contains(a.Groups, groupMasters) }

// serviceAccount divides the user name of a service account.
func serviceAccount(user string) (namespace, name string, ok bool) {
	rest, ok := strings.CutPrefix(user, serviceAccountPrefix)
	if !ok {
		return "", "", false
	}
	namespace, name, ok = strings.Cut(rest, ":")
	return namespace, name, ok && namespace != "" && name != ""
}
