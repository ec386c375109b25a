package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Incident is an incident in a list; Document is there where one is asked for.
type Incident struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	Severity  string     `json:"severity"`
	First     *time.Time `json:"first_seen"`
	Last      *time.Time `json:"last_seen"`
	Count     int64      `json:"count"`
	Cluster   string     `json:"cluster"`
	Namespace string     `json:"namespace"`
	User      string     `json:"user"`
	About     string     `json:"about"`
	Tactics   []string   `json:"tactics"`
	// Status is open, investigating, closed or merged; Resolution is that of a
	// closed one, Assignee who works on it, and Detail how the status came about.
	Status     string `json:"status"`
	Resolution string `json:"resolution"`
	Assignee   string `json:"assignee"`
	Detail     string `json:"status_detail"`
	// MergedInto is the incident that it became part of.
	MergedInto string `json:"merged_into"`
	// Findings that belong to it, cut off at a number that docs/fields.md states.
	Findings []string `json:"findings"`
	// Document is all that is known of it: docs/schema/incident.schema.json.
	Document json.RawMessage `json:"document,omitempty"`
	// Coverage says what is missing of the time around it; in a list it stands beside it.
	Coverage *coverage.Statement `json:"coverage,omitempty"`
}

// IncidentList is a page of incidents, and what is missing of the time that was asked for.
type IncidentList struct {
	Incidents []Incident          `json:"incidents"`
	Next      string              `json:"next"`
	Coverage  *coverage.Statement `json:"coverage,omitempty"`
}

// incidentColumns are read by newIncident, in this order.
var incidentColumns = []string{
	"finding_info.uid", "last_seen_time", "finding_info.title", "severity", "first_seen_time", "count_ = ['count']", "k8s.cluster", "k8s.namespace",
	"actor.user.name", "finding_info.about", "attacks.tactics", "related_events",
	"status", "resolution", "assignee", "status_detail",
}

func newIncident(r []value.Value) Incident {
	return Incident{
		ID: r[0].Text, Last: instant(r[1]), Title: r[2].Text, Severity: r[3].Text, First: instant(r[4]), Count: r[5].Int, Cluster: r[6].Text,
		Namespace: r[7].Text, User: r[8].Text, About: r[9].Text, Tactics: texts(r[10]), Findings: texts(r[11]),
		Status: r[12].Text, Resolution: r[13].Text, Assignee: r[14].Text, Detail: r[15].Text, MergedInto: row.MergedInto(r[12].Text, r[15].Text),
	}
}

func (c *call) incidents() error {
	q := c.r.URL.Query()
	c.what = c.r.URL.RawQuery
	l, err := newListing(q, "namespace", "user", "status", "assignee")
	if err != nil {
		return err
	}
	l.equal(q, "namespace", "k8s.namespace")
	l.equal(q, "user", "actor.user.name")
	l.equal(q, "status", "status")
	l.equal(q, "assignee", "assignee")
	list := []Incident{}
	next, err := c.page(l, "incident", incidentColumns, func(row []value.Value) { list = append(list, newIncident(row)) })
	if err != nil {
		return err
	}
	c.rows = int64(len(list))
	covered, err := c.coveredSince(event.ClassIncident, l.since)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, IncidentList{list, next, covered})
}

func (c *call) incident() error {
	i, err := c.oneIncident()
	if err != nil {
		return err
	}
	if i.Coverage, err = c.coveredBetween(i.First, i.Last); err != nil {
		return err
	}
	return c.json(http.StatusOK, i)
}

// oneIncident reads the incident that the path names, with its document.
func (c *call) oneIncident() (i *Incident, err error) {
	err = c.one("incident", incidentColumns, func(row []value.Value, doc json.RawMessage) {
		one := newIncident(row)
		one.Document, i = doc, &one
	})
	return i, err
}
