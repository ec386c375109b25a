package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/store/cases"
	"github.com/lynceus-io/lynceus/store/state"
)

// Cases are what was decided about incidents, as cases.Book keeps it.
type Cases interface {
	Get(ctx context.Context, incident string) (cases.Stored, error)
	Change(ctx context.Context, incident string, e cases.Edit, revision uint64, by string) (cases.Stored, error)
	History(ctx context.Context, incident string) ([]cases.Change, error)
	Comment(ctx context.Context, incident, text, by string) (cases.Comment, error)
	Comments(ctx context.Context, incident string) ([]cases.Comment, error)
}

// Case is what was decided about an incident, and what was said of it.
type Case struct {
	cases.Stored
	// Grown says that the incident has more requests than when its status was
	// set last.
	Grown bool `json:"grown"`
	// MergedInto is the incident that it became part of, "" for none.
	MergedInto string          `json:"merged_into"`
	Comments   []cases.Comment `json:"comments"`
}

func newCase(s cases.Stored, i *Incident, comments []cases.Comment) Case {
	return Case{Stored: s, Grown: s.By != "" && i.Count > s.Requests, MergedInto: i.MergedInto, Comments: nonNil(comments)}
}

// EditCase asks for a change of a case; what is left out stays as it is.
type EditCase struct {
	Status     *cases.Status     `json:"status,omitempty"`
	Resolution *cases.Resolution `json:"resolution,omitempty"`
	Assignee   *string           `json:"assignee,omitempty"`
	Comment    string            `json:"comment,omitempty"`
	// Revision is that of the case that the client has seen.
	Revision uint64 `json:"revision"`
}

// NewComment asks for a comment.
type NewComment struct {
	Text string `json:"text"`
}

func (c *call) incidentCase() error {
	i, err := c.caseOf()
	if err != nil {
		return err
	}
	s, err := c.s.o.Cases.Get(c.r.Context(), i.ID)
	if err != nil {
		return caseProblem(err)
	}
	return c.answerCase(s, i)
}

// caseOf reads the incident whose case the path names.
func (c *call) caseOf() (*Incident, error) {
	if c.s.o.Cases == nil {
		return nil, missing("the status of incidents")
	}
	return c.oneIncident()
}

func (c *call) answerCase(s cases.Stored, i *Incident) error {
	comments, err := c.s.o.Cases.Comments(c.r.Context(), i.ID)
	if err != nil {
		return caseProblem(err)
	}
	return c.json(http.StatusOK, newCase(s, i, comments))
}

func (c *call) caseChange() error {
	var in EditCase
	if err := c.body(&in); err != nil {
		return err
	}
	i, err := c.caseOf()
	if err != nil {
		return err
	}
	if i.MergedInto != "" {
		return problem.New(problem.Conflict, "the incident became part of %s", i.MergedInto).Advise("change that one; comments can be made on both")
	}
	s, err := c.s.o.Cases.Change(c.r.Context(), i.ID, cases.Edit{
		Status: in.Status, Resolution: in.Resolution, Assignee: in.Assignee, Requests: i.Count, Comment: in.Comment,
	}, in.Revision, c.who.Name)
	if err != nil {
		return caseProblem(err)
	}
	c.what = i.ID + ": " + s.Detail()
	if in.Assignee != nil {
		c.what += ", assigned to " + s.Assignee
	}
	return c.answerCase(s, i)
}

func (c *call) caseHistory() error {
	i, err := c.caseOf()
	if err != nil {
		return err
	}
	list, err := c.s.o.Cases.History(c.r.Context(), i.ID)
	if err != nil {
		return caseProblem(err)
	}
	return c.json(http.StatusOK, map[string]any{"changes": nonNil(list)})
}

func (c *call) commentAdd() error {
	var in NewComment
	if err := c.body(&in); err != nil {
		return err
	}
	i, err := c.caseOf()
	if err != nil {
		return err
	}
	comment, err := c.s.o.Cases.Comment(c.r.Context(), i.ID, in.Text, c.who.Name)
	if err != nil {
		return caseProblem(err)
	}
	return c.json(http.StatusCreated, comment)
}

func caseProblem(err error) error {
	switch {
	case errors.Is(err, cases.ErrInvalid):
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	case errors.Is(err, state.ErrConflict):
		return problem.New(problem.Conflict, "somebody else changed the case meanwhile").Advise("read it again and send its new revision").Because(err)
	}
	return err
}
