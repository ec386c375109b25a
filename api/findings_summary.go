package api

import (
	"net/http"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/sift"
)

// FindingGroup is the findings that have a value in common.
type FindingGroup struct {
	sift.Group
	First *time.Time `json:"first_seen"`
	Last  *time.Time `json:"last_seen"`
}

// FindingSummary counts findings.
type FindingSummary struct {
	Total int `json:"total"`
	// Open is how many of them nobody has closed.
	Open   int            `json:"open"`
	Facets []sift.Facet   `json:"facets"`
	Groups []FindingGroup `json:"groups"`
	// Others is how many groups more there are.
	Others int       `json:"others"`
	AsOf   time.Time `json:"as_of"`
	// Known is how many findings are looked at; Left says that older ones are
	// not, because there are too many.
	Known int  `json:"known"`
	Left  bool `json:"left"`
}

func (c *call) findingSummary() error {
	q := c.r.URL.Query()
	c.what = c.r.URL.RawQuery
	f, err := c.findingFilter(q, "by")
	if err != nil {
		return err
	}
	by, ok := sift.ColumnOf(q.Get("by"))
	if !ok && q.Get("by") != "" {
		return problem.New(problem.BadRequest, "by: findings are not grouped by %.80q", q.Get("by")).Advise("say level, status, assignee, tactic, rule, user, cluster, namespace, workload or node")
	}
	if !ok {
		by = sift.LastSeen
	}
	table, asOf, err := c.findingsNow()
	if err != nil {
		return err
	}
	s := table.Summarize(f, by)
	out := FindingSummary{Total: s.Total, Open: s.Open, Facets: s.Facets, Groups: []FindingGroup{}, Others: s.Others, AsOf: asOf}
	for _, g := range s.Groups {
		out.Groups = append(out.Groups, FindingGroup{Group: g, First: timeOf(g.First), Last: timeOf(g.Last)})
	}
	out.Known, out.Left = table.Len()
	return c.json(http.StatusOK, out)
}
