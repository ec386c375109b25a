package api

import (
	"net/http"
	"slices"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/rule"
)

func (c *call) rules() error {
	if c.s.o.Rules == nil {
		return missing("the list of rules")
	}
	list, off := []Rule{}, c.off()
	for _, r := range c.s.o.Rules() {
		list = append(list, newRule(r, off))
	}
	return c.json(http.StatusOK, map[string]any{"rules": list})
}

func (c *call) rule() error {
	r, err := c.findRule()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, newRule(r, c.off()))
}

// findRule returns the rule whose id or name the path has.
func (c *call) findRule() (*rule.Rule, error) {
	if c.s.o.Rules == nil {
		return nil, missing("the list of rules")
	}
	id := c.r.PathValue("id")
	c.what = id
	all := c.s.o.Rules()
	i := slices.IndexFunc(all, func(r *rule.Rule) bool { return r.ID == id || r.Name == id })
	if i < 0 {
		return nil, problem.New(problem.NotFound, "no rule has the id or name %q", id).Advise("GET /api/v1/rules lists them")
	}
	return all[i], nil
}
