package ocsf

import (
	"encoding/json"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// plan says how the events of one table are written. It does not change once
// it is made.
type plan struct {
	class    class
	activity event.FieldID // the field that says what was done
	heads    []string      // by activity_id, the last of activityOther: members that depend on it
	root     object
}

// newPlan lays out the documents of table c.
func newPlan(c event.Class, productVersion string) *plan {
	k, uid := kindOf(c)
	// Findings have documents of their own. An event in their tables is none.
	if k.category == categoryFindings {
		k, uid = base, 0
	}
	p := &plan{class: k, activity: event.Activity.ID(), root: layOut(c, k, productVersion)}
	if c == event.ClassAudit {
		p.activity = event.APIOperation.ID()
	}
	for activity := range len(k.activities) + 1 {
		p.heads = append(p.heads, head(k, uid, activity))
	}
	p.heads = append(p.heads, head(k, uid, activityOther))
	return p
}

// head returns what documents with that activity begin with, up to the name
// of the activity. Nobody has judged an event, so its severity is that of
// information.
func head(k class, uid, activity int) string {
	members := kind(k, uid, activity)
	delete(members, "activity_name")
	members["severity_id"], members["severity"] = 1, "Informational"
	doc := constant(members)
	return doc[:len(doc)-1] + `,"activity_name":`
}

// constant returns v, which consists of maps, lists, text and numbers, as
// JSON.
func constant(v any) string {
	b, _ := json.Marshal(v) // fails for other types only
	return string(b)
}

// appendHead appends the beginning of an event's document, without a comma
// after it.
func (p *plan) appendHead(dst []byte, e *event.Event) []byte {
	activity, name := p.activityOf(e)
	if activity == activityOther {
		activity = len(p.heads) - 1
	}
	return rawjson.AppendQuoted(append(dst, p.heads[activity]...), name)
}
