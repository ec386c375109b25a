// Package login signs a person in from the command line: by an identity
// provider (OpenID Connect), in a browser of the same machine (RFC 8252, with
// PKCE of RFC 7636) or of another (RFC 8628). What comes of it is an ID token, by
// which package api/access/oidc knows the person, and what gets the next one
// without the person.
package login

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	provider "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Options of Discover. Issuer and ClientID are needed.
type Options struct {
	// Issuer is the provider's URL, with https; without it on loopback only.
	Issuer string
	// ClientID is the name under which the provider knows Lynceus. Secret is what
	// some providers give even clients that cannot keep one; "" for none.
	ClientID, Secret string
	// Scopes are asked for beside those that Discover chooses.
	Scopes []string
	// Authorities vouch for the provider's certificate; nil means the system's.
	Authorities *x509.CertPool
	Now         func() time.Time
}

// A Provider is an identity provider that answered.
type Provider struct {
	o        Options
	http     *http.Client
	config   oauth2.Config
	verifier *provider.IDTokenVerifier
	said     announced
}

// announced is what the provider says of itself besides what package oidc
// reads (OpenID Connect Discovery 1.0, RFC 8414, RFC 7009, RFC 8628).
type announced struct {
	Scopes []string `json:"scopes_supported"`
	Device string   `json:"device_authorization_endpoint"`
	Revoke string   `json:"revocation_endpoint"`
}

// Tokens are what somebody got by signing in.
type Tokens struct {
	// ID is the ID token, until Expires.
	ID      string    `json:"id_token"`
	Expires time.Time `json:"expires"`
	// Refresh gets the next one; "" where the provider gave none.
	Refresh string `json:"refresh_token,omitempty"`
	// Name is what the person is called, for people.
	Name string `json:"name"`
}

// ErrEnded is wrapped by the error of Refresh where the person has to sign in
// again.
var ErrEnded = errors.New("the session has ended")

// Discover asks a provider for what it can do.
func Discover(ctx context.Context, o Options) (*Provider, error) {
	if o.ClientID == "" {
		return nil, errors.New("the client ID is missing: give the name under which the identity provider knows Lynceus")
	}
	p := &Provider{o: o, http: newClient(o.Authorities)}
	found, err := provider.NewProvider(provider.ClientContext(ctx, p.http), o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("the identity provider %s does not answer as one: %w", o.Issuer, err)
	}
	if err := found.Claims(&p.said); err != nil {
		return nil, fmt.Errorf("the identity provider %s does not answer as one: %w", o.Issuer, err)
	}
	p.config = oauth2.Config{ClientID: o.ClientID, ClientSecret: o.Secret, Endpoint: found.Endpoint(), Scopes: p.scopes()}
	p.config.Endpoint.DeviceAuthURL = p.said.Device
	if o.Secret == "" {
		p.config.Endpoint.AuthStyle = oauth2.AuthStyleInParams // nothing is to be tried first: a code is good once
	}
	p.verifier = found.Verifier(&provider.Config{ClientID: o.ClientID, Now: o.Now})
	return p, nil
}

// scopes are what is asked for: who the person is, the groups that rules go by
// where the provider calls them so, and to be able to come again.
func (p *Provider) scopes() []string {
	out := []string{provider.ScopeOpenID}
	add := func(names ...string) {
		for _, name := range names {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	for _, name := range []string{"email", "profile", "groups", provider.ScopeOfflineAccess} {
		if slices.Contains(p.said.Scopes, name) || len(p.said.Scopes) == 0 && name != "groups" {
			add(name)
		}
	}
	add(p.o.Scopes...)
	return out
}

// tokens verifies what the provider gave. nonce is what it was told to put into
// the ID token, "" for nothing; before is the session that is refreshed.
func (p *Provider) tokens(ctx context.Context, got *oauth2.Token, nonce string, before Tokens) (Tokens, error) {
	text, ok := got.Extra("id_token").(string)
	if !ok || text == "" {
		return Tokens{}, fmt.Errorf("%w: the identity provider gave no ID token", ErrEnded)
	}
	id, err := p.verifier.Verify(provider.ClientContext(ctx, p.http), text)
	if err != nil {
		return Tokens{}, fmt.Errorf("the identity provider's token is not good: %w", err)
	}
	if nonce != "" && id.Nonce != nonce {
		return Tokens{}, errors.New("the identity provider's token is an answer to somebody else's question; try again")
	}
	var c struct {
		Email     string `json:"email"`
		Preferred string `json:"preferred_username"`
	}
	if err := id.Claims(&c); err != nil {
		return Tokens{}, fmt.Errorf("the identity provider's token cannot be read: %w", err)
	}
	t := Tokens{ID: text, Expires: id.Expiry, Refresh: got.RefreshToken, Name: id.Subject}
	for _, name := range []string{c.Email, c.Preferred} {
		if name != "" {
			t.Name = name
			break
		}
	}
	if t.Refresh == "" {
		t.Refresh = before.Refresh // one that is used again
	}
	return t, nil
}

// Refresh gets the next ID token. The error wraps ErrEnded where only the person
// can.
func (p *Provider) Refresh(ctx context.Context, before Tokens) (Tokens, error) {
	if before.Refresh == "" {
		return Tokens{}, fmt.Errorf("%w, and the identity provider gave nothing to renew it by", ErrEnded)
	}
	ctx = provider.ClientContext(ctx, p.http)
	got, err := p.config.TokenSource(ctx, &oauth2.Token{RefreshToken: before.Refresh}).Token()
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.ErrorCode == "invalid_grant" {
		return Tokens{}, fmt.Errorf("%w: %s", ErrEnded, strings.TrimSpace(refused.ErrorCode+" "+refused.ErrorDescription))
	}
	if err != nil {
		return Tokens{}, fmt.Errorf("renew the session: %w", plain(err))
	}
	return p.tokens(ctx, got, "", before)
}

// plain is an error of oauth2 without the body of the answer, which may be a
// page.
func plain(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return err
	}
	if refused.ErrorCode == "" {
		return fmt.Errorf("the identity provider answered %s", refused.Response.Status)
	}
	return fmt.Errorf("the identity provider says %s", strings.TrimSpace(refused.ErrorCode+" "+refused.ErrorDescription))
}
