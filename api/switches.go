package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/state"
	"github.com/lynceus-io/lynceus/store/switches"
)

// Switches say which rules are off, as switches.Book keeps them.
type Switches interface {
	List() []switches.Stored
	SwitchOff(ctx context.Context, s switches.Switch, by string) (switches.Stored, error)
	SwitchOn(ctx context.Context, rule, cluster, by string) (switches.Stored, error)
	History(ctx context.Context, rule, cluster string) ([]switches.Change, error)
}

// Rule is a rule that runs, and where it is off.
type Rule struct {
	report.Rule
	Off []switches.Stored `json:"off"`
	// Explanation says in words what it compiles to; of one rule only.
	Explanation string `json:"explanation,omitempty"`
	// Text is the rule as its file has it, Cases are its tests, Tables and
	// Fields what it reads; of one rule only.
	Text   string     `json:"text,omitempty"`
	Cases  []RuleCase `json:"cases,omitempty"`
	Tables []string   `json:"tables,omitempty"`
	Fields []string   `json:"fields,omitempty"`
}

// newRule returns a rule with those of the switches that are its own.
func newRule(r *rule.Rule, off []switches.Stored) Rule {
	own := slices.DeleteFunc(slices.Clone(off), func(s switches.Stored) bool { return s.Rule != r.ID })
	return Rule{Rule: report.NewRule(r), Off: nonNil(own)}
}

// off are the switches in force, as far as whoever asks may see their cluster.
func (c *call) off() []switches.Stored {
	if c.s.o.Switches == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.s.o.Switches.List()), func(s switches.Stored) bool { return s.Cluster != "" && !c.seesCluster(s.Cluster) })
}

// RuleOff asks for a rule to be switched off.
type RuleOff struct {
	Cluster string    `json:"cluster,omitempty"` // "" for all
	Reason  string    `json:"reason"`
	Until   time.Time `json:"until,omitzero"` // zero for no end
}

// switched finds the rule that the path names.
func (c *call) switched() (*rule.Rule, error) {
	if c.s.o.Switches == nil {
		return nil, missing("switching rules")
	}
	return c.findRule()
}

func (c *call) ruleOff() error {
	var in RuleOff
	if err := c.body(&in); err != nil {
		return err
	}
	r, err := c.switched()
	if err != nil {
		return err
	}
	s, err := c.s.o.Switches.SwitchOff(c.r.Context(), switches.Switch{Rule: r.ID, Cluster: in.Cluster, Reason: in.Reason, Until: in.Until}, c.who.Name)
	if err != nil {
		return switchProblem(err)
	}
	c.what = r.ID + clusterWords(s.Cluster) + ": " + s.Reason
	return c.json(http.StatusOK, s)
}

func (c *call) ruleOn() error {
	r, err := c.switched()
	if err != nil {
		return err
	}
	s, err := c.s.o.Switches.SwitchOn(c.r.Context(), r.ID, c.r.URL.Query().Get("cluster"), c.who.Name)
	if err != nil {
		return switchProblem(err)
	}
	c.what = r.ID + clusterWords(s.Cluster)
	return c.json(http.StatusOK, s)
}

func clusterWords(cluster string) string {
	if cluster == "" {
		return ""
	}
	return " for cluster " + cluster
}

func (c *call) ruleSwitches() error {
	r, err := c.switched()
	if err != nil {
		return err
	}
	list, err := c.s.o.Switches.History(c.r.Context(), r.ID, c.r.URL.Query().Get("cluster"))
	if err != nil {
		return switchProblem(err)
	}
	return c.json(http.StatusOK, map[string]any{"off": newRule(r, c.off()).Off, "changes": nonNil(list)})
}

func switchProblem(err error) error {
	switch {
	case errors.Is(err, switches.ErrInvalid):
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	case errors.Is(err, switches.ErrOn):
		return problem.New(problem.NotFound, "%v", err).Because(err)
	case errors.Is(err, state.ErrConflict):
		return problem.New(problem.Conflict, "somebody else switched the rule at the same time").Advise("look at it again").Because(err)
	}
	return err
}
