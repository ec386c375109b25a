// Package oidc lets people sign in with ID tokens of an identity provider
// (OpenID Connect Core 1.0, section 3.1.3.7): signed by the provider's keys,
// for this client, not expired. The provider need not be there when the server
// starts; its keys are read when they are needed and when they change.
package oidc

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	provider "github.com/coreos/go-oidc/v3/oidc"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/access/grant"
)

// Options of New. All but Authorities are needed.
type Options struct {
	// Issuer is the provider's URL, as its tokens have it, with https; without
	// it on loopback only.
	Issuer string
	// ClientID is the name under which the provider knows Lynceus: tokens must
	// be for it.
	ClientID string
	// Authorities vouch for the provider's certificate; nil means the
	// system's.
	Authorities *x509.CertPool
	Rules       *grant.Rules
	Now         func() time.Time
}

// algorithms are those by which tokens may be signed. All have a key that only
// the provider knows: those with a shared one (HS256), and none at all, are
// never among them, whatever the provider says it supports.
var algorithms = []string{
	provider.RS256, provider.RS384, provider.RS512, provider.ES256, provider.ES384, provider.ES512, provider.PS256, provider.PS384, provider.PS512, provider.EdDSA,
}

// retry is how long a provider that did not answer is left alone.
const retry = 10 * time.Second

// Provider judges ID tokens of one provider. It implements
// access.Authenticator.
type Provider struct {
	o      Options
	client *client

	mu       sync.Mutex
	verifier *provider.IDTokenVerifier // nil until the provider answered
	failed   error                     // why it did not
	tried    time.Time
}

// New returns who judges tokens of a provider. It asks it nothing yet.
func New(o Options) (*Provider, error) {
	u, err := url.Parse(o.Issuer)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the issuer is no URL: %w", err)
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the issuer %q is no URL of a provider: write one such as https://login.example.org", u.Redacted())
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return nil, fmt.Errorf("the issuer %s has no TLS: whoever is between could sign in as anybody; give an https URL", o.Issuer)
	case o.ClientID == "":
		return nil, errors.New("the client ID is missing: a token for anybody else would do")
	case o.Rules == nil:
		return nil, errors.New("there are no rules that give roles")
	}
	return &Provider{o: o, client: newClient(o.Authorities, o.Now)}, nil
}

// Mine implements access.Authenticator: a token that says it is of the
// provider.
func (p *Provider) Mine(bearer string) bool { return issuer(bearer) == p.o.Issuer }

// Check asks the provider for what it says of itself, unless it has answered
// before; the error says why that cannot be had.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.discover(ctx)
	return err
}

// discover returns who verifies tokens.
func (p *Provider) discover(ctx context.Context) (*provider.IDTokenVerifier, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.verifier != nil {
		return p.verifier, nil
	}
	if since := p.o.Now().Sub(p.tried); p.failed != nil && since >= 0 && since < retry {
		return nil, p.failed
	}
	ctx = provider.ClientContext(context.WithoutCancel(ctx), p.client.http)
	found, err := provider.NewProvider(ctx, p.o.Issuer)
	if err != nil {
		p.failed, p.tried = fmt.Errorf("the identity provider %s does not answer as one: %w", p.o.Issuer, err), p.o.Now()
		return nil, p.failed
	}
	var said struct {
		Keys string `json:"jwks_uri"`
	}
	if err := found.Claims(&said); err != nil {
		p.failed, p.tried = fmt.Errorf("the identity provider %s does not answer as one: %w", p.o.Issuer, err), p.o.Now()
		return nil, p.failed
	}
	keys := &keySet{provider.NewRemoteKeySet(ctx, said.Keys)}
	p.verifier = provider.NewVerifier(p.o.Issuer, keys, &provider.Config{ClientID: p.o.ClientID, SupportedSigningAlgs: algorithms, Now: p.o.Now})
	return p.verifier, nil
}

// Authenticate implements access.Authenticator.
func (p *Provider) Authenticate(ctx context.Context, bearer string) (access.Principal, error) {
	verifier, err := p.discover(ctx)
	if err != nil {
		return access.Principal{}, err
	}
	var unreachable error
	t, err := verifier.Verify(context.WithValue(ctx, unreachableKey{}, &unreachable), bearer)
	switch {
	case unreachable != nil:
		return access.Principal{}, fmt.Errorf("the keys of the identity provider cannot be read: %w", unreachable)
	case err != nil:
		return access.Principal{}, fmt.Errorf("%w: %w", access.ErrUnknown, err)
	}
	var c map[string]any
	if err := t.Claims(&c); err != nil {
		return access.Principal{}, fmt.Errorf("%w: its claims cannot be read: %w", access.ErrUnknown, err)
	}
	// Core 3.1.3.7, 4 and 5: a token for several is for whom azp names.
	if azp, named := c["azp"]; len(t.Audience) > 1 && !named || named && azp != p.o.ClientID {
		return access.Principal{}, fmt.Errorf("%w: it was given to another client", access.ErrUnknown)
	}
	if t.Subject == "" {
		return access.Principal{}, fmt.Errorf("%w: it names nobody", access.ErrUnknown)
	}
	said := claims(c)
	who := access.Principal{Name: "oidc:" + name(t.Subject, said), ID: t.Issuer + " " + t.Subject, Method: access.OIDC, Expires: t.Expiry}
	g, ok := p.o.Rules.OIDC(said)
	if !ok {
		return who, fmt.Errorf("%w: no rule fits %s", access.ErrNoRole, who.Name)
	}
	who.Role, who.Scope = g.Role, g.Scope
	return who, nil
}
