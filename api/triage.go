package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/sift"
	"github.com/lynceus-io/lynceus/store/triage"
)

// Triage is what was decided about findings, as triage.Book keeps it.
type Triage interface {
	Make(ctx context.Context, ids []string, e triage.Edit, by string) (triage.Step, error)
	Undo(ctx context.Context, id, by string, mine func(ids []string) bool) (triage.Step, error)
	Steps(most int, seen func(ids []string) bool) []triage.Step
	Of(id string) []triage.Step
	Standings() (of func(id string) triage.Standing, revision uint64)
	Revision() uint64
}

// DecideFindings asks for a step about findings: those that are named, or all
// that a filter keeps.
type DecideFindings struct {
	IDs []string `json:"ids,omitempty"`
	// Filter is that of a list, as its address has it: rule=x&since=24h. The
	// empty one must be said by All.
	Filter string `json:"filter,omitempty"`
	All    bool   `json:"all,omitempty"`
	triage.Edit
}

// mostSteps are listed.
const mostSteps = 100

func (c *call) triageMake() error {
	if c.s.o.Triage == nil {
		return missing("the status of findings")
	}
	var in DecideFindings
	if err := c.body(&in); err != nil {
		return err
	}
	ids, err := c.findingsOf(&in)
	if err != nil {
		return err
	}
	s, err := c.s.o.Triage.Make(c.r.Context(), ids, in.Edit, c.who.Name)
	if err != nil {
		return triageProblem(err)
	}
	c.rows = int64(s.Findings)
	c.what = fmt.Sprintf("%s: %d findings %s", s.ID, s.Findings, s.Words())
	if in.Filter != "" {
		c.what += " (" + in.Filter + ")"
	}
	return c.json(http.StatusCreated, s)
}

// findingsOf returns the ids of the findings that a step is about, of those
// that whoever asks may see.
func (c *call) findingsOf(in *DecideFindings) ([]string, error) {
	f := &sift.Filter{IDs: in.IDs}
	switch {
	case len(in.IDs) > 0 && (in.Filter != "" || in.All):
		return nil, problem.New(problem.BadRequest, "give the ids of findings or a filter, not both")
	case len(in.IDs) == 0 && in.Filter == "" && !in.All:
		return nil, problem.New(problem.BadRequest, "say which findings: ids, or a filter of them, or all")
	case len(in.IDs) == 0:
		q, err := url.ParseQuery(in.Filter)
		if err != nil {
			return nil, problem.New(problem.BadRequest, "filter: %v", err).Because(err)
		}
		if f, err = c.findingFilter(q); err != nil {
			return nil, err
		}
	}
	table, _, err := c.findingsNow()
	if err != nil {
		return nil, err
	}
	if len(in.IDs) > 0 && !table.Has(in.IDs) {
		return nil, problem.New(problem.NotFound, "some of these findings are not there, or are not for %q to see", c.who.Name).Advise("read the list again")
	}
	ids := table.IDs(f)
	if len(ids) == 0 {
		return nil, problem.New(problem.NotFound, "no finding is like that")
	}
	return ids, nil
}

func (c *call) triageUndo() error {
	if c.s.o.Triage == nil {
		return missing("the status of findings")
	}
	id := c.r.PathValue("id")
	c.what = id
	table, _, err := c.findingsNow()
	if err != nil {
		return err
	}
	s, err := c.s.o.Triage.Undo(c.r.Context(), id, c.who.Name, c.mine(table))
	if err != nil {
		return triageProblem(err)
	}
	c.what = fmt.Sprintf("%s: %d findings no longer %s", id, s.Findings, s.Words())
	return c.json(http.StatusOK, s)
}

func (c *call) triageList() error {
	if c.s.o.Triage == nil {
		return missing("the status of findings")
	}
	table, _, err := c.findingsNow()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]any{"steps": nonNil(c.s.o.Triage.Steps(mostSteps, c.mine(table)))})
}

// mine judges whose steps somebody may see and undo: who is limited, only
// those about findings that they see all of.
func (c *call) mine(table *sift.Table) func([]string) bool {
	if c.who.Scope.All() {
		return func([]string) bool { return true }
	}
	return table.Has
}

func triageProblem(err error) error {
	switch {
	case errors.Is(err, triage.ErrInvalid):
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	case errors.Is(err, triage.ErrNotFound):
		return problem.New(problem.NotFound, "%v", err).Advise("GET /api/v1/triage lists them").Because(err)
	case errors.Is(err, triage.ErrUndone):
		return problem.New(problem.Conflict, "%v", err).Because(err)
	case errors.Is(err, triage.ErrFull):
		return problem.New(problem.LimitReached, "%v", err).Because(err)
	}
	return err
}
