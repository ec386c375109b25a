package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"

	provider "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Attempt is a sign-in that is under way in a browser: what must come back with
// it, and what only whoever began it knows.
type Attempt struct {
	state, nonce, verifier, redirect string
}

// errNotOurs says that a browser came back from something else.
var errNotOurs = errors.New("this is no answer to a sign-in that is under way here")

// Begin returns the page of the provider to which a browser is to go. It comes
// back to redirect with an answer for Finish.
func (p *Provider) Begin(redirect string) (page string, a Attempt) {
	a = Attempt{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), redirect: redirect}
	return p.at(redirect).AuthCodeURL(a.state, provider.Nonce(a.nonce), oauth2.S256ChallengeOption(a.verifier)), a
}

// at is the configuration of a client that is at an address.
func (p *Provider) at(redirect string) *oauth2.Config {
	c := p.config
	c.RedirectURL = redirect
	return &c
}

// Finish makes tokens of the query with which a browser came back.
func (p *Provider) Finish(ctx context.Context, a Attempt, answer url.Values) (Tokens, error) {
	code, err := p.code(a, answer)
	if err != nil {
		return Tokens{}, err
	}
	ctx = provider.ClientContext(ctx, p.http)
	t, err := p.at(a.redirect).Exchange(ctx, code, oauth2.VerifierOption(a.verifier))
	if err != nil {
		return Tokens{}, fmt.Errorf("sign in: %w", plain(err))
	}
	return p.tokens(ctx, t, a.nonce, Tokens{})
}

// code returns the code of an answer to an attempt.
func (p *Provider) code(a Attempt, answer url.Values) (string, error) {
	if subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(a.state)) != 1 {
		return "", errNotOurs
	}
	switch issuer := answer.Get("iss"); { // RFC 9207
	case issuer != "" && issuer != p.o.Issuer:
		return "", fmt.Errorf("another identity provider answered than %s", p.o.Issuer)
	case answer.Get("error") != "":
		return "", fmt.Errorf("the identity provider says %.200q", answer.Get("error")+" "+answer.Get("error_description"))
	case answer.Get("code") == "":
		return "", errors.New("the identity provider sent the browser back without a code")
	}
	return answer.Get("code"), nil
}
