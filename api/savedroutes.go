package api

import (
	"errors"
	"net/http"
	"slices"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/saved"
)

func (c *call) savedList() error {
	if c.s.o.Saved == nil {
		return missing("saving queries")
	}
	list, broken, err := c.s.o.Saved.List(c.r.Context())
	if err != nil {
		return err
	}
	if !c.who.Scope.All() {
		list, broken = slices.DeleteFunc(list, func(q *saved.Query) bool { return !q.BuiltIn }), nil
	}
	return c.json(http.StatusOK, map[string]any{"queries": nonNil(list), "broken": nonNil(broken)})
}

func (c *call) savedGet() error {
	if c.s.o.Saved == nil {
		return missing("saving queries")
	}
	c.what = c.r.PathValue("name")
	q, err := c.s.o.Saved.Get(c.r.Context(), c.what)
	if err == nil && !q.BuiltIn && !c.who.Scope.All() {
		err = saved.ErrNotFound // what others wrote may name what this one does not see
	}
	if err != nil {
		return savedProblem(c.what, err)
	}
	return c.json(http.StatusOK, q)
}

// SaveQuery is the body by which a query is saved.
type SaveQuery struct {
	Query string `json:"query"`
}

func (c *call) savedPut() error {
	if c.s.o.Saved == nil {
		return missing("saving queries")
	}
	c.what = c.r.PathValue("name")
	var in SaveQuery
	if err := c.body(&in); err != nil {
		return err
	}
	q, err := c.s.o.Saved.Save(c.r.Context(), c.what, in.Query, c.who.Name)
	if err != nil {
		return savedProblem(c.what, err)
	}
	return c.json(http.StatusOK, q)
}

func (c *call) savedDelete() error {
	if c.s.o.Saved == nil {
		return missing("saving queries")
	}
	c.what = c.r.PathValue("name")
	if err := c.s.o.Saved.Remove(c.r.Context(), c.what); err != nil {
		return savedProblem(c.what, err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func savedProblem(name string, err error) error {
	p := problem.Of(err)
	switch {
	case errors.Is(err, saved.ErrNotFound):
		return problem.New(problem.NotFound, "no query has the name %q", name).Advise("GET /api/v1/queries lists them")
	case errors.Is(err, saved.ErrBuiltIn):
		return problem.New(problem.Conflict, "%s: %v", name, err)
	case p.Code == problem.Internal:
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	}
	return p
}
