package hub

import (
	"context"
	"crypto/x509"
	"errors"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/access/grant"
	"github.com/lynceus-io/lynceus/api/access/kubernetes"
	"github.com/lynceus-io/lynceus/api/access/oidc"
	"github.com/lynceus-io/lynceus/api/login"
	"github.com/lynceus-io/lynceus/collect/kube"
)

// AccessOptions say who may use the API beside those who have a token of
// Lynceus's own.
type AccessOptions struct {
	// Rules give roles to people of the identity provider, and to users of the
	// server's own cluster (UpOptions.Kubernetes), where they have some for
	// those.
	Rules *grant.Rules
	// Issuer and ClientID are the identity provider's URL and the name under
	// which it knows Lynceus, "" for none; Authorities vouch for its
	// certificate, nil for the system's. Secret is what some providers give a
	// client that people sign in to with a browser.
	// Scopes are asked for beside the usual ones.
	Issuer, ClientID, Secret string
	Scopes                   []string
	Authorities              *x509.CertPool
}

// providerEvery is how often an identity provider is asked that did not answer
// yet.
const providerEvery = 30 * time.Second

// signIn returns who judges tokens of others; nil for nobody.
func (u *Up) signIn(ctx context.Context) (*access.Desk, error) {
	o := u.o.Access
	if o == nil {
		return nil, nil
	}
	var ask []access.Authenticator
	switch {
	case o.Issuer != "":
		if !o.Rules.ForOIDC() {
			return nil, errors.New("an identity provider is named, and no rule gives a role to anybody of it: add one that begins with oidc")
		}
		p, err := oidc.New(oidc.Options{Issuer: o.Issuer, ClientID: o.ClientID, Authorities: o.Authorities, Rules: o.Rules, Now: u.o.Now})
		if err != nil {
			return nil, err
		}
		u.run(ctx, "identity provider", func(ctx context.Context) error { u.awaitProvider(ctx, p); return nil })
		ask = append(ask, p)
	case o.Rules.ForOIDC():
		return nil, errors.New("there are rules for people of an identity provider, and none is named: give its URL")
	}
	if o.Rules.ForKubernetes() {
		if u.o.Kubernetes == nil {
			return nil, errors.New("there are rules for users of a cluster, and this server watches none that could vouch for them: give --kubeconfig or --in-cluster")
		}
		// A client of its own: questions about tokens do not hold up what the
		// agent asks.
		client, err := kube.NewClient(u.o.Kubernetes)
		if err != nil {
			return nil, err
		}
		ask = append(ask, kubernetes.New(u.Cluster, client, o.Rules))
	}
	return access.NewDesk(u.o.Now, ask...), nil
}

// signInWays says how people sign in besides with tokens of Lynceus's own, and
// returns who sends browsers to the identity provider, nil for nobody.
func (u *Up) signInWays() (w api.SignInWays, p api.Provider) {
	o := u.o.Access
	if o == nil {
		return w, nil
	}
	if o.Rules.ForKubernetes() {
		w.Kubernetes = &api.KubernetesWay{Audience: kubernetes.Audience}
	}
	if o.Issuer == "" {
		return w, nil
	}
	w.OIDC = &api.OIDCWay{Issuer: o.Issuer, ClientID: o.ClientID}
	return w, login.NewSite(login.Options{Issuer: o.Issuer, ClientID: o.ClientID, Secret: o.Secret, Scopes: o.Scopes, Authorities: o.Authorities, Now: u.o.Now})
}

// awaitProvider asks the identity provider until it has answered once, and
// says in the log how that goes.
func (u *Up) awaitProvider(ctx context.Context, p *oidc.Provider) {
	tick := time.NewTicker(providerEvery)
	defer tick.Stop()
	for failed := false; ; failed = true {
		err := p.Check(ctx)
		if err == nil {
			if failed {
				u.o.Log.Warn("the identity provider answers now")
			}
			return
		}
		u.o.Log.Warn("nobody can sign in by the identity provider yet; it is tried again", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
