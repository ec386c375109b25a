package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/store/exclusions"
	"github.com/lynceus-io/lynceus/store/state"
)

// Exclusions are those of the installation, as exclusions.Book keeps them,
// and a look at what one would have covered.
type Exclusions interface {
	List() []exclude.Exclusion
	Get(ctx context.Context, id string) (exclusions.Stored, error)
	Add(ctx context.Context, e exclude.Exclusion, by string) (exclusions.Stored, error)
	Change(ctx context.Context, e exclude.Exclusion, revision uint64, by string) (exclusions.Stored, error)
	Remove(ctx context.Context, id, by string) error
	History(ctx context.Context, id string) ([]exclusions.Change, error)
	// Propose makes an exclusion of what a finding is about, or returns
	// exclude.ErrNoFinding.
	Propose(ctx context.Context, finding string) (exclude.Exclusion, error)
	// LookBack says what e would have covered of the findings last seen since
	// then.
	LookBack(ctx context.Context, e exclude.Exclusion, since time.Time) (*exclude.Past, error)
}

// defaultLookBack is how far back an exclusion is tried unless told otherwise.
const defaultLookBack = 30 * 24 * time.Hour

func (c *call) exclusions() error {
	if c.s.o.Exclusions == nil {
		return missing("excluding findings")
	}
	return c.json(http.StatusOK, map[string]any{"exclusions": nonNil(c.s.o.Exclusions.List())})
}

func (c *call) exclusion() error {
	if c.s.o.Exclusions == nil {
		return missing("excluding findings")
	}
	c.what = c.r.PathValue("id")
	e, err := c.s.o.Exclusions.Get(c.r.Context(), c.what)
	if err != nil {
		return exclusionProblem(err)
	}
	return c.json(http.StatusOK, e)
}

// NewExclusion asks for an exclusion.
type NewExclusion struct {
	Rules   []string      `json:"rules"`
	Scope   exclude.Scope `json:"scope"`
	Reason  string        `json:"reason"`
	Expires time.Time     `json:"expires,omitzero"`
	Finding string        `json:"finding,omitempty"`
	// Revision is that of the exclusion that is changed; unused for a new one.
	Revision uint64 `json:"revision,omitempty"`
}

func (n *NewExclusion) exclusion(id string) exclude.Exclusion {
	return exclude.Exclusion{ID: id, Rules: n.Rules, Scope: n.Scope, Reason: n.Reason, Expires: n.Expires, Finding: n.Finding}
}

// exclusionPropose says what an exclusion of a finding and its repeats would
// be, for its author to change and give a reason.
func (c *call) exclusionPropose() error {
	if c.s.o.Exclusions == nil {
		return missing("excluding findings")
	}
	c.what = c.r.PathValue("id")
	e, err := c.s.o.Exclusions.Propose(c.r.Context(), c.what)
	if err != nil {
		return exclusionProblem(err)
	}
	return c.json(http.StatusOK, ProposedExclusion{Rules: e.Rules, Scope: e.Scope, Finding: e.Finding})
}

// ProposedExclusion is an exclusion that lacks its author's part.
type ProposedExclusion struct {
	Rules   []string      `json:"rules"`
	Scope   exclude.Scope `json:"scope"`
	Finding string        `json:"finding"`
}

// exclusionAdd keeps an exclusion, or, with try=yes, says what it would have
// covered and keeps nothing.
func (c *call) exclusionAdd() error {
	if c.s.o.Exclusions == nil {
		return missing("excluding findings")
	}
	var in NewExclusion
	if err := c.body(&in); err != nil {
		return err
	}
	c.what = in.Reason
	q := c.r.URL.Query()
	if q.Get("try") == "yes" {
		return c.exclusionTry(in.exclusion(""), q.Get("since"))
	}
	e, err := c.s.o.Exclusions.Add(c.r.Context(), in.exclusion(""), c.who.Name)
	if err != nil {
		return exclusionProblem(err)
	}
	c.what = e.ID + ": " + e.Reason
	return c.json(http.StatusCreated, e)
}

func (c *call) exclusionTry(e exclude.Exclusion, since string) error {
	c.what = "tried only: " + strings.Join(e.Rules, ", ")
	back := defaultLookBack
	if since != "" {
		var err error
		if back, err = hunt.ParseSpan(since); err != nil {
			return problem.New(problem.BadRequest, "since: %v", err)
		}
	}
	done, err := c.slot()
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithTimeout(c.r.Context(), c.s.limits.Timeout)
	defer cancel()
	past, err := c.s.o.Exclusions.LookBack(ctx, e, c.s.o.Now().Add(-back))
	if err != nil {
		return exclusionProblem(err)
	}
	return c.json(http.StatusOK, past)
}

func (c *call) exclusionChange() error {
	if c.s.o.Exclusions == nil {
		return missing("excluding findings")
	}
	c.what = c.r.PathValue("id")
	var in NewExclusion
	if err := c.body(&in); err != nil {
		return err
	}
	e, err := c.s.o.Exclusions.Change(c.r.Context(), in.exclusion(c.what), in.Revision, c.who.Name)
	if err != nil {
		return exclusionProblem(err)
	}
	return c.json(http.StatusOK, e)
}

func (c *call) exclusionRemove() error {
	if c.s.o.Exclusions == nil {
		return missing("excluding findings")
	}
	c.what = c.r.PathValue("id")
	if err := c.s.o.Exclusions.Remove(c.r.Context(), c.what, c.who.Name); err != nil {
		return exclusionProblem(err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *call) exclusionHistory() error {
	if c.s.o.Exclusions == nil {
		return missing("excluding findings")
	}
	c.what = c.r.PathValue("id")
	list, err := c.s.o.Exclusions.History(c.r.Context(), c.what)
	if err != nil {
		return exclusionProblem(err)
	}
	return c.json(http.StatusOK, map[string]any{"changes": nonNil(list)})
}

func exclusionProblem(err error) error {
	switch {
	case errors.Is(err, exclusions.ErrNotFound), errors.Is(err, exclude.ErrNoFinding):
		return problem.New(problem.NotFound, "%v", err).Because(err)
	case errors.Is(err, exclude.ErrInvalid), errors.Is(err, exclusions.ErrTooMany):
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	case errors.Is(err, state.ErrConflict):
		return problem.New(problem.Conflict, "somebody else changed the exclusion meanwhile").Advise("read it again and send its new revision").Because(err)
	}
	return err
}
