package api

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/limit"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/session"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/kql/scope"
)

// ConsoleHeader must be on every request that a session's cookie lets in and
// that is no plain reading: a page of another origin cannot set it.
const ConsoleHeader = "Lynceus-Console"

// Session is who is signed in.
type Session struct {
	Name   string        `json:"name"`
	Role   token.Role    `json:"role"`
	Method access.Method `json:"method"`
	// Scope is what the session is limited to; without members it is not.
	Scope scope.Scope `json:"scope"`
	// Expires is when the token behind it ends; zero for never.
	Expires time.Time `json:"expires,omitzero"`
}

// SignInCode opens one session.
type SignInCode struct {
	Code    string    `json:"code"`
	Expires time.Time `json:"expires"`
}

// signIn is the body by which a session begins: one of the three.
type signIn struct {
	Code  string          `json:"code,omitempty"`
	Token string          `json:"token,omitempty"`
	OIDC  *ProviderAnswer `json:"oidc,omitempty"`
}

// count returns how many ways of signing in a body has.
func (in *signIn) count() (n int) {
	for _, given := range []bool{in.Code != "", in.Token != "", in.OIDC != nil} {
		if given {
			n++
		}
	}
	return n
}

// cookieName is the name of the cookie of a session. Browsers share cookies
// between the ports of a host, so the port is in it; behind TLS a browser
// takes it from this host only.
func cookieName(r *http.Request) string {
	name := "lynceus"
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		name += "-" + port
	}
	if r.TLS != nil {
		name = "__Host-" + name
	}
	return name
}

// bearer returns the token of a request: of its header or, where it has none,
// of the session of its cookie.
func (s *Server) bearer(r *http.Request) (string, error) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	text = strings.TrimSpace(text)
	if strings.EqualFold(scheme, "Bearer") && text != "" {
		return text, nil
	}
	cookie, err := r.Cookie(cookieName(r))
	if err != nil || r.Header.Get("Authorization") != "" {
		return "", problem.New(problem.Unauthenticated, "a token is needed").
			Advise("send the header Authorization: Bearer TOKEN; lynceus token create makes one, lynceus console lets a browser in")
	}
	if err := ownPage(r); err != nil {
		return "", err
	}
	text, err = s.sessions.Bearer(r.Context(), cookie.Value)
	if err != nil {
		return "", problem.New(problem.Unauthenticated, "the session is over").Advise("sign in again: lynceus console prints a link").Because(err)
	}
	return text, nil
}

// ownPage refuses what a browser sends for a page of another origin. Cookies
// of sessions are not sent along then (SameSite=Strict); this holds where a
// browser is old, or another service of the same host is the origin.
func ownPage(r *http.Request) error {
	site := r.Header.Get("Sec-Fetch-Site")
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	if site != "" && site != "same-origin" && site != "none" || !reading && r.Header.Get(ConsoleHeader) == "" {
		return problem.New(problem.Forbidden, "a page of another origin may have sent this").Advise("use the console itself, or a token in the header Authorization")
	}
	return nil
}

// sessionGet says who is signed in. That nobody is is no failure: it is what
// the console asks first.
func (c *call) sessionGet() error {
	who, err := c.s.authenticate(c.r)
	var p *problem.Problem
	if errors.As(err, &p) && p.Code == problem.Unauthenticated && c.r.Header.Get("Authorization") == "" {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if err != nil {
		return err
	}
	c.who = who
	if !who.Role.Person() {
		return problem.New(problem.Forbidden, "the console is for people, and %q has the role %s", who.Name, who.Role)
	}
	return c.json(http.StatusOK, sessionOf(&who))
}

func sessionOf(p *access.Principal) Session {
	return Session{Name: p.Name, Role: p.Role, Method: p.Method, Scope: p.Scope, Expires: p.Expires}
}

// sessionCode makes a code for a session of whoever asks.
func (c *call) sessionCode() error {
	bearer, err := c.s.bearer(c.r)
	if err != nil {
		return err
	}
	code, until, err := c.s.sessions.Code(bearer)
	if err != nil {
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	}
	return c.json(http.StatusCreated, SignInCode{code, until})
}

// sessionOpen begins a session by a code, a token, or with what the identity
// provider sent the browser back, and sets its cookie.
func (c *call) sessionOpen() error {
	if err := ownPage(c.r); err != nil {
		return err
	}
	var in signIn
	if err := c.body(&in); err != nil {
		return err
	}
	open := session.New{Bearer: strings.TrimSpace(in.Token)}
	var err error
	switch {
	case in.count() != 1:
		return problem.New(problem.BadRequest, "give one of a code, a token, and the answer of the identity provider")
	case in.OIDC != nil:
		if open, err = c.providerEnd(in.OIDC); err != nil {
			return err
		}
	case in.Code != "":
		address := limit.Address(c.r.RemoteAddr)
		if wait, empty := c.s.failures.Empty(address); empty {
			return c.s.slowDown("failed_sign_ins", wait, "too many codes from this address were refused")
		}
		if open.Bearer, err = c.s.sessions.Redeem(in.Code); err != nil {
			c.s.failures.Take(address)
			return problem.New(problem.Unauthenticated, "the sign-in link is not known, was used already, or is over").
				Advise("run lynceus console for another one").Because(err)
		}
	}
	who, err := c.s.judge(c.r, open.Bearer)
	c.who = who
	if err != nil {
		return err
	}
	if !who.Role.Person() {
		return problem.New(problem.Forbidden, "the console is for people, and %q has the role %s", who.Name, who.Role)
	}
	open.Owner, open.Name, open.Remote, open.Agent = who.ID, who.Name, c.r.RemoteAddr, c.r.UserAgent()
	secret, until, err := c.s.sessions.Open(open)
	if err != nil {
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	}
	http.SetCookie(c.w, c.cookie("", secret, int(until.Sub(c.s.o.Now())/time.Second)))
	return c.json(http.StatusOK, sessionOf(&who))
}

// cookie returns the cookie of a session, or with attemptSuffix of a sign-in that
// is under way; age is in seconds, below 0 to take it away.
func (c *call) cookie(suffix, secret string, age int) *http.Cookie {
	return &http.Cookie{
		Name: cookieName(c.r) + suffix, Value: secret, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: c.r.TLS != nil, SameSite: http.SameSiteStrictMode,
	}
}

// sessionClose ends the session of the request's cookie. It needs no token: a
// session that is over already is signed out, too.
func (c *call) sessionClose() error {
	if err := ownPage(c.r); err != nil {
		return err
	}
	cookie, err := c.r.Cookie(cookieName(c.r))
	if err == nil {
		c.s.sessions.Close(cookie.Value)
	} else if !errors.Is(err, http.ErrNoCookie) {
		return problem.New(problem.BadRequest, "%v", err)
	}
	http.SetCookie(c.w, c.cookie("", "", -1))
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
