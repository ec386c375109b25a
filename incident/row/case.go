package row

import (
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// Merged is the status of an incident that became part of another one.
const Merged = "merged"

// mergedInto begins status_detail then; the id of the other one follows.
const mergedInto = "merged into "

// MergedInto returns the incident that one became part of, by the status and
// status_detail of its row; "" for none.
func MergedInto(status, detail string) string {
	if status != Merged {
		return ""
	}
	id, _ := strings.CutPrefix(detail, mergedInto)
	return id
}

// set puts what was decided into the row of an incident.
func (c *Case) set(e *event.Event) {
	if c.Status != "" {
		event.Status.Set(e, c.Status)
	}
	if c.Detail != "" {
		event.StatusDetail.Set(e, c.Detail)
	}
	for _, f := range []struct {
		field event.StringField
		text  string
	}{{event.Assignee, c.Assignee}, {event.Resolution, c.Resolution}} {
		if f.text != "" {
			f.field.Set(e, f.text)
		} else {
			e.Clear(f.field.ID())
		}
	}
}

// Decide makes e, the row of an incident, its next revision, which says what
// was decided since. It reports whether anything differs; if not, or where the
// incident became part of another one, e is left alone.
func Decide(e *event.Event, c Case, revision int64, received time.Time) bool {
	if event.Status.Get(e) == Merged {
		return false
	}
	if event.Status.Get(e) == c.Status && event.StatusDetail.Get(e) == c.Detail && event.Assignee.Get(e) == c.Assignee && event.Resolution.Get(e) == c.Resolution {
		return false
	}
	c.set(e)
	event.MetadataRevision.Set(e, revision)
	event.ReceivedTime.Set(e, received.UnixNano())
	return true
}
