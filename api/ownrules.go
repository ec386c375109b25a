package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/ownrules"
	"github.com/lynceus-io/lynceus/store/state"
)

// OwnRules are the rules that people write here, as ownrules.Book keeps them,
// and a look at whether one can be run.
type OwnRules interface {
	List() []ownrules.Stored
	Get(ctx context.Context, id string) (ownrules.Stored, error)
	Put(ctx context.Context, r ownrules.Rule, revision uint64, by string) (ownrules.Stored, error)
	Remove(ctx context.Context, id, by string) error
	History(ctx context.Context, id string) ([]ownrules.Change, error)
	// Try says what is wrong with a rule, its own tests included; the error
	// wraps ownrules.ErrInvalid.
	Try(ctx context.Context, r ownrules.Rule) error
}

// own returns who keeps the rules that people write.
func (c *call) own() (OwnRules, error) {
	if c.s.o.OwnRules == nil {
		return nil, missing("rules of one's own")
	}
	return c.s.o.OwnRules, nil
}

// seesOwn reports whether whoever asks may know of a rule: its conditions and
// tests are about what its author saw.
func (c *call) seesOwn(r *ownrules.Rule) bool { return c.who.Scope.Covers(r.Scope) }

// seenRules are the rules that run, but for those of others that whoever asks
// may not know of.
func (c *call) seenRules() []*rule.Rule {
	all := c.s.o.Rules()
	if c.who.Scope.All() || c.s.o.OwnRules == nil {
		return all
	}
	seen := map[string]bool{}
	for _, r := range c.s.o.OwnRules.List() {
		seen[r.ID] = c.seesOwn(&r.Rule)
	}
	return slices.DeleteFunc(slices.Clone(all), func(r *rule.Rule) bool {
		id, own := strings.CutPrefix(r.Source.File, ownrules.Dir)
		return own && !seen[strings.TrimSuffix(id, path.Ext(id))]
	})
}

func (c *call) ownRules() error {
	book, err := c.own()
	if err != nil {
		return err
	}
	list := []OwnRule{}
	for _, r := range book.List() {
		if c.seesOwn(&r.Rule) {
			list = append(list, c.ownAnswer(r))
		}
	}
	return c.json(http.StatusOK, map[string]any{"rules": list})
}

// OwnRule is a rule that somebody wrote here.
type OwnRule struct {
	ownrules.Stored
	// InForce says that the rules that run are those of the document: some time
	// after it was kept. One that is not on counts, too.
	InForce bool `json:"in_force"`
}

func (c *call) ownAnswer(r ownrules.Stored) OwnRule {
	out := OwnRule{Stored: r}
	if c.s.o.Rules == nil {
		return out
	}
	file := ownrules.Dir + r.ID + ".yml"
	out.InForce = slices.ContainsFunc(c.s.o.Rules(), func(x *rule.Rule) bool {
		return x.ID == r.ID && x.Source.File == file && (r.On || x.Disabled) && strings.Contains(r.Document, strings.TrimSpace(x.Source.Text))
	})
	return out
}

// ownFound returns the rule of the path, as far as whoever asks may know of it.
func (c *call) ownFound() (OwnRules, ownrules.Stored, error) {
	c.what = c.r.PathValue("id")
	return c.ownNamed(c.what)
}

// ownNamed is ownFound for any id.
func (c *call) ownNamed(id string) (OwnRules, ownrules.Stored, error) {
	book, err := c.own()
	if err != nil {
		return nil, ownrules.Stored{}, err
	}
	r, err := book.Get(c.r.Context(), id)
	if err == nil && !c.seesOwn(&r.Rule) {
		r, err = ownrules.Stored{}, fmt.Errorf("%.70q: %w", id, ownrules.ErrNotFound) // as the book says of what is not there
	}
	return book, r, ownProblem(err)
}

func (c *call) ownRule() error {
	_, r, err := c.ownFound()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, c.ownAnswer(r))
}

// NewOwnRule is the body by which a rule is kept.
type NewOwnRule struct {
	Document string `json:"document"`
	Query    string `json:"query,omitempty"`
	On       bool   `json:"on"`
	Note     string `json:"note,omitempty"`
	// Revision is that of the rule that is changed; 0 for a new one.
	Revision uint64 `json:"revision,omitempty"`
}

// ownRulePut keeps a rule. A new one is limited as its author is, and has an id
// of that limit's own; one that is changed, or put again, stays limited as it
// was. Of a rule that whoever asks may not know of, the answer is that of one
// that is not there.
func (c *call) ownRulePut() error {
	var in NewOwnRule
	if err := c.body(&in); err != nil {
		return err
	}
	book, old, err := c.ownFound()
	r := ownrules.Rule{ID: c.r.PathValue("id"), Document: in.Document, Query: in.Query, On: in.On, Note: in.Note, Scope: old.Scope}
	switch {
	case err == nil:
	case book == nil || problem.Of(err).Code != problem.NotFound:
		return err
	default:
		if r.Scope, err = c.ownScope(book, r.ID); err != nil {
			return err
		}
	}
	if err := book.Try(c.r.Context(), r); err != nil {
		return ownProblem(err)
	}
	s, err := book.Put(c.r.Context(), r, in.Revision, c.who.Name)
	if err != nil {
		return ownProblem(err)
	}
	c.what = r.ID + map[bool]string{true: " on", false: " off"}[r.On]
	if r.Note != "" {
		c.what += ": " + r.Note
	}
	return c.json(http.StatusOK, c.ownAnswer(s))
}

// ownScope returns the limit of a rule that is not there: that of before it was
// removed, or that of whoever asks.
func (c *call) ownScope(book OwnRules, id string) (scope.Scope, error) {
	changes, err := c.ownChanges(book, id)
	for _, x := range slices.Backward(changes) {
		if x.Rule != nil {
			return x.Rule.Scope, nil
		}
	}
	switch {
	case err != nil && !errors.Is(err, ownrules.ErrNotFound):
		return scope.Scope{}, err
	case ownrules.InSpace(id, c.who.Scope):
		return c.who.Scope, nil
	case c.who.Scope.All():
		return scope.Scope{}, problem.New(problem.BadRequest, "the id %.70q is of a limited author's rule, and there is none", id).Advise("leave out s and the eight digits after %s", ownrules.Prefix)
	}
	space := ownrules.Space(c.who.Scope)
	return scope.Scope{}, problem.New(problem.BadRequest, "the id %.70q is not one of yours", id).Advise("begin the ids of your rules with %s, in the document too", space)
}

// ownChanges returns the changes of a rule, as far as whoever asks may know of
// what it was; the error wraps ownrules.ErrNotFound.
func (c *call) ownChanges(book OwnRules, id string) ([]ownrules.Change, error) {
	list, err := book.History(c.r.Context(), id)
	if err == nil && slices.ContainsFunc(list, func(x ownrules.Change) bool { return x.Rule != nil && !c.seesOwn(x.Rule) }) {
		return nil, fmt.Errorf("%.70q: %w", id, ownrules.ErrNotFound)
	}
	return list, err
}

func (c *call) ownRuleRemove() error {
	book, r, err := c.ownFound()
	if err != nil {
		return err
	}
	if err := book.Remove(c.r.Context(), r.ID, c.who.Name); err != nil {
		return ownProblem(err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// ownRuleHistory lists the changes of a rule, of one that was removed too, as
// far as whoever asks may know of what it was.
func (c *call) ownRuleHistory() error {
	book, err := c.own()
	if err != nil {
		return err
	}
	c.what = c.r.PathValue("id")
	list, err := c.ownChanges(book, c.what)
	if err != nil {
		return ownProblem(err)
	}
	return c.json(http.StatusOK, map[string]any{"changes": nonNil(list)})
}

func ownProblem(err error) error {
	switch {
	case errors.Is(err, ownrules.ErrNotFound):
		return problem.New(problem.NotFound, "%v", err).Advise("GET /api/v1/own-rules lists them").Because(err)
	case errors.Is(err, ownrules.ErrInvalid), errors.Is(err, ownrules.ErrTooMany), errors.Is(err, state.ErrTooLarge):
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	case errors.Is(err, state.ErrConflict):
		return problem.New(problem.Conflict, "there is such a rule already, or somebody else changed it at the same time").Advise("look at it again, and name its revision to change it").Because(err)
	}
	return err
}
