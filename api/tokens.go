package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/kql/scope"
)

func (c *call) tokens() error {
	list, err := c.s.o.Tokens.List()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]any{"tokens": nonNil(list)})
}

// NewToken asks for a token.
type NewToken struct {
	Name string     `json:"name"`
	Role token.Role `json:"role"`
	// Cluster that an agent or sensors are for, and Node that a sensor is for.
	Cluster string `json:"cluster,omitempty"`
	Node    string `json:"node,omitempty"`
	// Scope limits what a viewer, analyst or responder may see.
	Scope scope.Scope `json:"scope,omitzero"`
	// Seconds to live; 0 means that it does not expire.
	Seconds int64 `json:"seconds"`
}

// MadeToken is a token that was made; Secret is shown this once.
type MadeToken struct {
	token.Token
	Secret string `json:"secret"`
}

// maxLife bounds NewToken.Seconds: ten years.
const maxLife = 10 * 365 * 24 * 3600

func (c *call) tokenCreate() error {
	var in NewToken
	if err := c.body(&in); err != nil {
		return err
	}
	c.what = in.Name
	if in.Seconds > maxLife || in.Seconds < 0 {
		return problem.New(problem.BadRequest, "a token cannot live for %d seconds", in.Seconds).Advise("give at most ten years, or 0 for ever")
	}
	t, text, err := c.s.o.Tokens.Create(token.New{Name: in.Name, Role: in.Role, Cluster: in.Cluster, Node: in.Node, Scope: in.Scope, Life: time.Duration(in.Seconds) * time.Second, By: c.who.Name})
	if err != nil {
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	}
	return c.json(http.StatusCreated, MadeToken{t, text})
}

func (c *call) tokenRevoke() error {
	id := c.r.PathValue("id")
	c.what = id
	t, err := c.s.o.Tokens.Revoke(id)
	if errors.Is(err, token.ErrNotFound) {
		return problem.New(problem.NotFound, "no token has the id %q", id).Advise("GET /api/v1/tokens lists them")
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, t)
}
