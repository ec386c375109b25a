package api

import (
	"errors"
	"net/http"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/limit"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/token"
)

// authenticate returns who sent a request. Tokens of Lynceus's own and those
// that were judged a moment ago are looked up; only then others are asked, as
// long as the address has not failed too often.
func (s *Server) authenticate(r *http.Request) (access.Principal, error) {
	text, err := s.bearer(r)
	if err != nil {
		return access.Principal{}, err
	}
	return s.judge(r, text)
}

// judge returns whose a token is.
func (s *Server) judge(r *http.Request, text string) (access.Principal, error) {
	address := limit.Address(r.RemoteAddr)
	t, err := s.o.Tokens.Check(text)
	if err == nil {
		return access.OfToken(&t), nil
	}
	if !errors.Is(err, token.ErrUnknown) {
		return access.Principal{}, problem.New(problem.Unavailable, "tokens cannot be read").Advise("see the server's log").Because(err)
	}
	if s.o.SignIn != nil {
		if who, ok := s.o.SignIn.Known(text); ok {
			return who, nil
		}
	}
	if wait, empty := s.failures.Empty(address); empty {
		return access.Principal{}, s.slowDown("failed_sign_ins", wait, "too many tokens from this address were refused")
	}
	who, err := access.Principal{}, access.ErrUnknown
	if s.o.SignIn != nil {
		who, err = s.o.SignIn.Authenticate(r.Context(), text)
	}
	switch {
	case err == nil:
		return who, nil
	case errors.Is(err, access.ErrNoRole):
		return who, problem.New(problem.Forbidden, "the token is good, and nothing gives its owner a role here").
			Advise("ask an admin for a rule that names you or one of your groups").Because(err)
	case !errors.Is(err, access.ErrUnknown):
		return who, problem.New(problem.Unavailable, "whose the token is cannot be found out now").Advise("try again; see the server's log").Because(err)
	}
	s.failures.Take(address)
	return who, problem.New(problem.Unauthenticated, "the token is not known, or has expired").
		Advise("make a new one with lynceus token create, or sign in again").Because(err)
}
