// Package ocsf writes findings and incidents as OCSF 1.8 events: a finding as
// a Detection Finding (2004), an incident as an Incident Finding (2005). What
// OCSF has no place for stands below "unmapped". Events are written by package
// event/ocsf.
//
// Definitions: https://schema.ocsf.io/1.8.0/classes/detection_finding and
// .../incident_finding.
package ocsf

import (
	"io"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/ocsf"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
)

// Numbers that OCSF gives things.
const (
	attackVersion  = "19"
	activityCreate = 1
	statusNew      = 1
	analyticRule   = 1
)

type object = map[string]any

// Write writes a run's incidents and then its findings, each as one line of
// JSON. The version is that of Lynceus.
func Write(w io.Writer, r *report.Result, version string) error {
	var docs []object
	for _, i := range r.Incidents {
		docs = append(docs, Incident(i, version))
	}
	in := r.IncidentOf()
	for _, f := range r.Findings {
		docs = append(docs, Finding(f, in[f.ID], version))
	}
	for _, d := range docs {
		b, err := report.Encode(d, "")
		if err != nil {
			return err
		}
		if _, err := w.Write(append(b, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// base returns the members that every document has.
func base(class event.Class, sev rule.Severity, first, last time.Time, uid, version string) object {
	d := ocsf.Kind(class, activityCreate)
	metadata := ocsf.Metadata(version)
	metadata["uid"] = uid
	return put(d, "metadata", metadata, "severity_id", int(sev), "severity", capital(sev.String()), "status_id", statusNew, "status", "New",
		"time", millis(last), "start_time", millis(first), "end_time", millis(last))
}

// millis is a time as OCSF's timestamp_t: milliseconds since 1970 UTC.
func millis(t time.Time) int64 { return t.UnixMilli() }

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// attacks returns the techniques and tactics that tags name. Sigma's tags do
// not say which technique serves which tactic, so each stands by itself.
func attacks(tags []string) []object {
	var out []object
	for _, t := range attack.Techniques(tags) {
		id, _, sub := strings.Cut(t.ID, ".")
		a := object{"version": attackVersion, "technique": named(attack.Lookup(id))}
		if sub {
			a["sub_technique"] = named(t)
		}
		out = append(out, a)
	}
	for _, t := range attack.Tactics(tags) {
		out = append(out, object{"version": attackVersion, "tactic": object{"uid": t.ID, "name": t.Name, "src_url": t.URL()}})
	}
	return out
}

func named(t attack.Technique) object {
	o := object{"uid": t.ID, "src_url": t.URL()}
	if t.Name != "" {
		o["name"] = t.Name
	}
	return o
}

// put sets the members whose value is not empty.
func put(o object, members ...any) object {
	for i := 0; i < len(members); i += 2 {
		switch v := members[i+1].(type) {
		case string:
			if v == "" {
				continue
			}
		case []string:
			if len(v) == 0 {
				continue
			}
		case []object:
			if len(v) == 0 {
				continue
			}
		}
		o[members[i].(string)] = members[i+1]
	}
	return o
}
