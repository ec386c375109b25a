package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/sift"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/triage"
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
	Node      string     `json:"node"`
	User      string     `json:"user"`
	About     string     `json:"about"`
	Tactics   []string   `json:"tactics"`
	// Excluded marks one that an exclusion keeps from being told.
	Excluded bool   `json:"excluded"`
	Incident string `json:"incident"`
	// Status is open, investigating or closed; Resolution is that of a closed
	// one, Assignee who works on it, and Decided when the status was set.
	Status     string     `json:"status"`
	Resolution string     `json:"resolution"`
	Assignee   string     `json:"assignee"`
	Decided    *time.Time `json:"decided,omitempty"`
	// Grown says that it was seen again since then.
	Grown bool `json:"grown"`
	// Decisions are the steps that were made about it, oldest first; in a list
	// they are left out.
	Decisions []triage.Step `json:"decisions,omitempty"`
	// Document is all that is known of it: docs/schema/finding.schema.json.
	Document json.RawMessage `json:"document,omitempty"`
	// Coverage says what is missing of the time around it; in a list it stands beside it.
	Coverage *coverage.Statement `json:"coverage,omitempty"`
}

// FindingList is a page of findings, and what is missing of the time that was asked for.
type FindingList struct {
	Findings []Finding `json:"findings"`
	Next     string    `json:"next"`
	// AsOf is when the latest change came that the list knows of.
	AsOf     time.Time           `json:"as_of"`
	Coverage *coverage.Statement `json:"coverage,omitempty"`
}

// findingColumns are read by newRow, in this order.
var findingColumns = []string{
	"finding_info.uid", "last_seen_time", "finding_info.title", "finding_info.analytic.uid", "severity", "first_seen_time", "count_ = ['count']",
	"failed_count", "k8s.cluster", "k8s.namespace", "k8s.workload", "actor.user.name", "finding_info.about", "attacks.tactics", "is_excluded", "incident.uid",
	"k8s.node", "received_time",
}

func newFinding(r *sift.Row) Finding {
	return Finding{
		ID: r.ID, Last: timeOf(r.Last), Title: r.Text[sift.Title], Rule: r.Text[sift.Rule], Severity: rule.Severity(r.Severity).String(), First: timeOf(r.First), Count: r.Count,
		Failed: r.Failed, Cluster: r.Text[sift.Cluster], Namespace: r.Text[sift.Namespace], Workload: r.Text[sift.Workload], Node: r.Text[sift.Node], User: r.Text[sift.User],
		About: r.Text[sift.About], Tactics: nonNil(r.Tactics), Excluded: r.Excluded, Incident: r.Text[sift.Incident], Status: r.Text[sift.Status],
		Resolution: r.Text[sift.Resolution], Assignee: r.Text[sift.Assignee], Decided: timeOf(r.Decided), Grown: r.Decided != 0 && r.Received > r.Decided,
	}
}

func (c *call) findings() error {
	q := c.r.URL.Query()
	c.what = c.r.URL.RawQuery
	f, err := c.findingFilter(q, "limit", "cursor", "sort", "documents")
	if err != nil {
		return err
	}
	o, err := findingOrder(q.Get("sort"))
	if err != nil {
		return err
	}
	limit, err := pageSize(q.Get("limit"))
	if err != nil {
		return err
	}
	after, err := parsePlace(q.Get("cursor"))
	if err != nil {
		return err
	}
	if v := q.Get("documents"); v != "" && v != "yes" && v != "no" {
		return problem.New(problem.BadRequest, "documents: %q is none of yes, no", v)
	}
	table, asOf, err := c.findingsNow()
	if err != nil {
		return err
	}
	rows, next := table.Page(f, o, after, limit)
	list := make([]Finding, len(rows))
	for i := range rows {
		list[i] = newFinding(&rows[i])
	}
	if q.Get("documents") == "yes" {
		if err := c.documents(c.r.Context(), list); err != nil {
			return err
		}
	}
	c.rows = int64(len(list))
	covered, err := c.coveredSince(event.ClassFinding, q.Get("since"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, FindingList{list, placeText(next), asOf, covered})
}

func (c *call) finding() error {
	var f *Finding
	err := c.one("finding", findingColumns, func(row []value.Value, doc json.RawMessage) {
		r := newRow(row)
		c.standingOf(&r)
		one := newFinding(&r)
		one.Document, f = doc, &one
	})
	if err != nil {
		return err
	}
	if c.s.o.Triage != nil {
		f.Decisions = c.s.o.Triage.Of(f.ID)
	}
	if f.Coverage, err = c.coveredBetween(f.First, f.Last); err != nil {
		return err
	}
	return c.json(http.StatusOK, f)
}

// coveredBetween says what is missing around what was found, from five minutes before to five after.
func (c *call) coveredBetween(first, last *time.Time) (*coverage.Statement, error) {
	if first == nil || last == nil {
		return nil, nil
	}
	const around = 5 * time.Minute
	return c.covered(coverage.Question{From: first.Add(-around), To: last.Add(around), Tables: []event.Class{event.ClassFinding}})
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
