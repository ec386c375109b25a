// Package kubernetes lets people and programs sign in with tokens for which
// the server's own cluster vouches: of service accounts, and of whoever else
// its API server knows by a token. A token must have been made for the
// audience "lynceus": one for the API server would give whoever saw it here
// all that its owner may do there, so it is refused.
package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/access/grant"
	"github.com/lynceus-io/lynceus/collect/kube"
)

// Audience is for whom tokens must be.
const Audience = "lynceus"

// timeout bounds how long a cluster may think about a token.
const timeout = 10 * time.Second

// own begins the tokens that Lynceus makes: no cluster is shown one of those.
const own = "lyn_"

// Reviewer asks a cluster whose a token is, as kube.Client does.
type Reviewer interface {
	User(ctx context.Context, token, audience string) (kube.User, error)
}

// Cluster judges tokens by asking a cluster. It implements
// access.Authenticator.
type Cluster struct {
	name  func() string
	ask   Reviewer
	rules *grant.Rules
}

// New returns who judges tokens of a cluster; name is what it is called.
func New(name func() string, ask Reviewer, rules *grant.Rules) *Cluster {
	return &Cluster{name, ask, rules}
}

// Mine implements access.Authenticator: any token but those of Lynceus's own.
func (c *Cluster) Mine(bearer string) bool { return !strings.HasPrefix(bearer, own) }

// Authenticate implements access.Authenticator.
func (c *Cluster) Authenticate(ctx context.Context, bearer string) (access.Principal, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	user, err := c.ask.User(ctx, bearer, Audience)
	switch {
	case errors.Is(err, kube.ErrToken):
		return access.Principal{}, fmt.Errorf("%w: %w", access.ErrUnknown, err)
	case err != nil:
		return access.Principal{}, err
	}
	who := access.Principal{Name: "kubernetes:" + user.Name, ID: c.name() + " " + user.Name, Method: access.Kubernetes}
	g, ok := c.rules.Kubernetes(user.Name, user.Groups)
	if !ok {
		return who, fmt.Errorf("%w: no rule fits %s", access.ErrNoRole, who.Name)
	}
	who.Role, who.Scope = g.Role, g.Scope
	return who, nil
}
