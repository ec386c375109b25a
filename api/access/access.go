// Package access says who uses the API: a principal, with a role and a limit
// to clusters and namespaces, whoever vouches for it. Tokens that Lynceus made
// are those of package api/token; identity providers and clusters vouch
// through an Authenticator each.
package access

import (
	"context"
	"errors"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/kql/scope"
)

// Method is how somebody signed in.
type Method string

// The methods.
const (
	Token      Method = "token"      // with one that Lynceus made
	OIDC       Method = "oidc"       // with an ID token of an identity provider
	Kubernetes Method = "kubernetes" // with a token that a cluster vouches for
)

// Principal is one who uses the API.
type Principal struct {
	// Name stands in the record of uses and under what is changed. That of one
	// who is vouched for by others begins with the method, so that it is no
	// name of a token.
	Name string
	// ID tells principals apart: the id of a token, or the provider's and its
	// subject.
	ID     string
	Method Method
	Role   token.Role
	// Cluster is the name of the cluster that an agent reports or that sensors
	// are of, Node the one node that a sensor may be of.
	Cluster, Node string
	// Scope is what the principal may see.
	Scope scope.Scope
	// Expires is when what was shown ends; zero for never.
	Expires time.Time
}

// OfToken is the principal of a token that Lynceus made.
func OfToken(t *token.Token) Principal {
	return Principal{Name: t.Name, ID: t.ID, Method: Token, Role: t.Role, Cluster: t.Cluster, Node: t.Node, Scope: t.Scope, Expires: t.Expires}
}

// Errors of authenticators.
var (
	// ErrUnknown says that nobody vouches for a token: it is forged, expired,
	// or for somebody else.
	ErrUnknown = errors.New("the token is not known, or has expired")
	// ErrNoRole says that a token is good and that nothing gives its owner a
	// role here.
	ErrNoRole = errors.New("nothing gives you a role here")
)

// Authenticator says whose a bearer token is. It is safe for concurrent use.
type Authenticator interface {
	// Mine reports, without believing a word of it, whether a token is of the
	// kind that this one judges.
	Mine(bearer string) bool
	// Authenticate judges a token. The error wraps ErrUnknown or, with whose
	// it is, ErrNoRole, or says why it cannot be judged now. It holds nothing
	// of the token itself.
	Authenticate(ctx context.Context, bearer string) (Principal, error)
}
