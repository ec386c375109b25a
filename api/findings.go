package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Finding is a finding in a list; Document is there where one is asked for.
type Finding struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	Rule      string     `json:"rule"`
	Severity  string     `json:"severity"`
	First     *time.Time `json:"first_seen"`
	Last      *time.Time `json:"last_seen"`
	Count     int64      `json:"count"`
	Failed    int64      `json:"failed"`
	Cluster   string     `json:"cluster"`
	Namespace string     `json:"namespace"`
	Workload  string     `json:"workload"`
	User      string     `json:"user"`
	About     string     `json:"about"`
	Tactics   []string   `json:"tactics"`
	// Excluded marks one that an exclusion keeps from being told.
	Excluded bool   `json:"excluded"`
	Incident string `json:"incident"`
	// Document is all that is known of it: docs/schema/finding.schema.json.
	Document json.RawMessage `json:"document,omitempty"`
}

// findingColumns are read by newFinding, in this order.
var findingColumns = []string{
	"finding_info.uid", "last_seen_time", "finding_info.title", "finding_info.analytic.uid", "severity", "first_seen_time", "count_ = ['count']",
	"failed_count", "k8s.cluster", "k8s.namespace", "k8s.workload", "actor.user.name", "finding_info.about", "attacks.tactics", "is_excluded", "incident.uid",
}

func newFinding(r []value.Value) Finding {
	return Finding{
		ID: r[0].Text, Last: instant(r[1]), Title: r[2].Text, Rule: r[3].Text, Severity: r[4].Text, First: instant(r[5]), Count: r[6].Int,
		Failed: r[7].Int, Cluster: r[8].Text, Namespace: r[9].Text, Workload: r[10].Text, User: r[11].Text, About: r[12].Text,
		Tactics: texts(r[13]), Excluded: r[14].True(), Incident: r[15].Text,
	}
}

func (c *call) findings() error {
	q := c.r.URL.Query()
	c.what = c.r.URL.RawQuery
	l, err := newListing(q, "rule", "namespace", "user", "incident", "excluded")
	if err != nil {
		return err
	}
	l.equal(q, "rule", "finding_info.analytic.uid")
	l.equal(q, "namespace", "k8s.namespace")
	l.equal(q, "user", "actor.user.name")
	l.equal(q, "incident", "incident.uid")
	switch q.Get("excluded") {
	case "", "any":
	case "yes":
		l.where = append(l.where, "is_excluded == true")
	case "no":
		l.where = append(l.where, "isnull(is_excluded) or is_excluded == false")
	default:
		return problem.New(problem.BadRequest, "excluded: %q is none of yes, no, any", q.Get("excluded"))
	}
	list := []Finding{}
	next, err := c.page(l, "finding", findingColumns, func(row []value.Value) { list = append(list, newFinding(row)) })
	if err != nil {
		return err
	}
	c.rows = int64(len(list))
	return c.json(http.StatusOK, map[string]any{"findings": list, "next": next})
}

func (c *call) finding() error {
	var f *Finding
	err := c.one("finding", findingColumns, func(row []value.Value, doc json.RawMessage) {
		one := newFinding(row)
		one.Document, f = doc, &one
	})
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, f)
}

// one reads the row that the path names, and its document.
func (c *call) one(table string, columns []string, found func([]value.Value, json.RawMessage)) error {
	id := c.r.PathValue("id")
	c.what = id
	l, err := newListing(nil)
	if err != nil {
		return err
	}
	l.param("_uid", "string", id)
	l.where = append(l.where, "finding_info.uid == _uid")
	n := 0
	_, err = c.page(l, table, append(columns[:len(columns):len(columns)], "raw_data"), func(row []value.Value) {
		n++
		found(row, document(row[len(columns)]))
	})
	if err != nil {
		return err
	}
	if n == 0 {
		return problem.New(problem.NotFound, "no %s has the id %q", table, id).Advise("it may be past the store's retention; GET /api/v1/%ss lists them", table)
	}
	return nil
}
