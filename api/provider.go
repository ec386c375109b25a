package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/lynceus-io/lynceus/api/limit"
	"github.com/lynceus-io/lynceus/api/login"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/session"
)

// Provider signs people in by an identity provider in a browser, as login.Site
// does.
type Provider interface {
	Begin(ctx context.Context, redirect string) (page string, a login.Attempt, err error)
	Finish(ctx context.Context, a login.Attempt, answer url.Values) (login.Tokens, error)
	Refresh(ctx context.Context, before login.Tokens) (login.Tokens, error)
}

// BeginSignIn asks for a sign-in at the identity provider.
type BeginSignIn struct {
	// Redirect is the page of the console to which the browser comes back.
	Redirect string `json:"redirect"`
}

// BegunSignIn is where the browser is to go.
type BegunSignIn struct {
	URL string `json:"url"`
}

// ProviderAnswer is with what the provider sent the browser back (RFC 6749,
// 4.1.2, and RFC 9207).
type ProviderAnswer struct {
	Code        string `json:"code,omitempty"`
	State       string `json:"state"`
	Issuer      string `json:"iss,omitempty"`
	Error       string `json:"error,omitempty"`
	Description string `json:"error_description,omitempty"`
}

// comeBack is the page of the console to which a provider sends browsers.
const comeBack = "/sign-in"

// attemptSuffix ends the name of the cookie by which a browser that went to
// the provider is known again.
const attemptSuffix = "-sign-in"

// providerBegin sends a browser to the identity provider.
func (c *call) providerBegin() error {
	if err := ownPage(c.r); err != nil {
		return err
	}
	if c.s.o.Provider == nil {
		return missing("signing in by an identity provider")
	}
	var in BeginSignIn
	if err := c.body(&in); err != nil {
		return err
	}
	back, err := url.Parse(in.Redirect)
	if err != nil || back.Scheme != "http" && back.Scheme != "https" || c.r.TLS != nil && back.Scheme != "https" || back.Host != c.r.Host || back.Path != comeBack || back.RawQuery != "" || back.Fragment != "" || back.User != nil {
		return problem.New(problem.BadRequest, "the page to come back to is not %s of this server", comeBack).
			Advise("a proxy before the server must pass on the header Host")
	}
	page, attempt, err := c.s.o.Provider.Begin(c.r.Context(), back.String())
	if err != nil {
		return problem.New(problem.Unavailable, "the identity provider does not answer").Advise("try again, or sign in another way; see the server's log").Because(err)
	}
	http.SetCookie(c.w, c.cookie(attemptSuffix, c.s.sessions.Begin(attempt), int(session.AttemptLife/time.Second)))
	return c.json(http.StatusCreated, BegunSignIn{page})
}

// providerEnd returns with what token a browser came back from the provider,
// and what renews it.
func (c *call) providerEnd(in *ProviderAnswer) (n session.New, err error) {
	if c.s.o.Provider == nil {
		return n, missing("signing in by an identity provider")
	}
	address := limit.Address(c.r.RemoteAddr)
	if wait, empty := c.s.failures.Empty(address); empty {
		return n, c.s.slowDown("failed_sign_ins", wait, "too many sign-ins from this address were refused")
	}
	refuse := func(err error, message string, args ...any) error {
		c.s.failures.Take(address)
		return problem.New(problem.Unauthenticated, message, args...).Advise("sign in again").Because(err)
	}
	cookie, err := c.r.Cookie(cookieName(c.r) + attemptSuffix)
	if err != nil {
		return n, refuse(err, "this browser has no sign-in under way here")
	}
	http.SetCookie(c.w, c.cookie(attemptSuffix, "", -1))
	attempt, err := c.s.sessions.Attempt(cookie.Value)
	if err != nil {
		return n, refuse(err, "the sign-in took longer than ten minutes, or was ended already")
	}
	answer := url.Values{}
	for name, text := range map[string]string{"code": in.Code, "state": in.State, "iss": in.Issuer, "error": in.Error, "error_description": in.Description} {
		if text != "" {
			answer.Set(name, text)
		}
	}
	tokens, err := c.s.o.Provider.Finish(c.r.Context(), attempt, answer)
	if err != nil {
		return n, refuse(err, "nobody was signed in: %v", err)
	}
	n = session.New{Bearer: tokens.ID, BearerEnds: tokens.Expires}
	if tokens.Refresh != "" {
		n.Renew = c.s.renew(tokens)
	}
	return n, nil
}

// renew returns what renews the token of a session. It is called by one at a
// time.
func (s *Server) renew(tokens login.Tokens) session.Renew {
	return func(ctx context.Context) (string, time.Time, error) {
		// A request that goes away must not lose a refresh token that is good once.
		next, err := s.o.Provider.Refresh(context.WithoutCancel(ctx), tokens)
		if errors.Is(err, login.ErrEnded) {
			tokens.Refresh = ""
		}
		if err != nil {
			s.o.Log.Warn("a session could not be renewed at the identity provider", "who", tokens.Name, "error", err)
			return "", time.Time{}, err
		}
		tokens = next
		return next.ID, next.Expires, nil
	}
}
