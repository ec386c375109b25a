package api

import "net/http"

// SignInWays says by whom people may sign in, so that a program can send them
// there. It holds nothing that an identity provider would not tell anybody.
type SignInWays struct {
	OIDC *OIDCWay `json:"oidc,omitempty"`
	// Kubernetes says that tokens of the server's own cluster are taken.
	Kubernetes *KubernetesWay `json:"kubernetes,omitempty"`
}

// OIDCWay is an identity provider, and the name under which it knows Lynceus.
type OIDCWay struct {
	Issuer   string `json:"issuer"`
	ClientID string `json:"client_id"`
}

// KubernetesWay is how a token of the cluster is made.
type KubernetesWay struct {
	Audience string `json:"audience"`
}

// signInWays says how to sign in; no token is needed to ask.
func (c *call) signInWays() error { return c.json(http.StatusOK, c.s.o.Ways) }
