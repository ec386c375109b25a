package api

import (
	"net/http"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/session"
	"github.com/lynceus-io/lynceus/api/token"
)

// OpenSession is a session of a browser that is open.
type OpenSession struct {
	session.Opened
	// Current marks the one that asks.
	Current bool `json:"current"`
}

// sessionOwner is whose sessions whoever asks may see and end: their own, and
// an admin everybody's.
func (c *call) sessionOwner() string {
	if c.who.Role == token.Admin {
		return ""
	}
	return c.who.ID
}

// sessionList answers which browsers are signed in.
func (c *call) sessionList() error {
	current := ""
	if cookie, err := c.r.Cookie(cookieName(c.r)); err == nil {
		current = c.s.sessions.ID(cookie.Value)
	}
	list := []OpenSession{}
	for _, o := range c.s.sessions.List(c.sessionOwner()) {
		list = append(list, OpenSession{o, o.ID == current})
	}
	return c.json(http.StatusOK, map[string]any{"sessions": list})
}

// sessionEnd signs a browser out.
func (c *call) sessionEnd() error {
	c.what = c.r.PathValue("id")
	if !c.s.sessions.End(c.what, c.sessionOwner()) {
		return problem.New(problem.NotFound, "there is no such session").Advise("it may be over; GET /api/v1/sessions lists those that are open")
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
