package api

import (
	"net/http"
	"slices"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

func (c *call) rules() error {
	if c.s.o.Rules == nil {
		return missing("the list of rules")
	}
	list := []report.Rule{}
	for _, r := range c.s.o.Rules() {
		list = append(list, report.NewRule(r))
	}
	return c.json(http.StatusOK, map[string]any{"rules": list})
}

func (c *call) rule() error {
	if c.s.o.Rules == nil {
		return missing("the list of rules")
	}
	id := c.r.PathValue("id")
	c.what = id
	all := c.s.o.Rules()
	i := slices.IndexFunc(all, func(r *rule.Rule) bool { return r.ID == id || r.Name == id })
	if i < 0 {
		return problem.New(problem.NotFound, "no rule has the id or name %q", id).Advise("GET /api/v1/rules lists them")
	}
	return c.json(http.StatusOK, report.NewRule(all[i]))
}
