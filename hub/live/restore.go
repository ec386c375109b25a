package live

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/lake"
)

// Replay is how much of the past is judged again at a start: requests that are
// open, windows of correlations and who called from where are rebuilt from it.
// Windows that are longer begin anew, but for what their findings say.
const Replay = time.Hour

// maxReplayed bounds the events of that, so that a start takes less than a
// minute. It is the latest that count.
const maxReplayed = 2_000_000

// Restored says what a start took from the store.
type Restored struct {
	Findings, Incidents, Events int64
	Objects                     int64 // rows of the inventory
	Unreadable                  int64 // findings of another release, say
}

// Restore rebuilds what a Judge remembers from the lake: what the clusters
// contained, findings that may still grow, and the last hour of events.
func (j *Judge) Restore(ctx context.Context, rules func(id string) *rule.Rule) (Restored, error) {
	var r Restored
	var err error
	r.Objects, err = Recall(ctx, j.o.Lake, func(e *event.Event) {
		j.rows.note(e)
		j.o.Callers.Recall(e)
	})
	if err != nil {
		return r, fmt.Errorf("read the inventory of the store: %w", err)
	}
	_, last, ok := j.o.Lake.Span(event.ClassAudit)
	if !ok {
		return r, nil
	}
	since := last.Add(-forgetAfter)
	err = j.o.Lake.Scan(ctx, receivedSince(event.ClassFinding, since), func(e *event.Event) error {
		f, err := row.ReadFinding(e, rules)
		if err != nil {
			r.Unreadable++
			j.o.Log.Warn("a stored finding cannot be taken up", "error", err)
			return nil
		}
		r.Findings++
		revision, _ := event.MetadataRevision.Get(e)
		j.findings[f.ID] = &told{revision: revision, last: f.Last.UnixNano(), standing: event.IncidentUID.Get(e) + " "}
		j.o.State.Restore(f)
		return nil
	})
	if err != nil {
		return r, fmt.Errorf("read the findings of the store: %w", err)
	}
	err = j.o.Lake.Scan(ctx, receivedSince(event.ClassIncident, since), func(e *event.Event) error {
		r.Incidents++
		revision, _ := event.MetadataRevision.Get(e)
		j.incidents[event.MetadataUID.Get(e)] = &told{revision: revision, last: event.Time.Get(e)}
		return nil
	})
	if err != nil {
		return r, fmt.Errorf("read the incidents of the store: %w", err)
	}
	if r.Events, err = j.replay(ctx, last); err != nil {
		return r, fmt.Errorf("read the last hour of the store: %w", err)
	}
	return r, nil
}

// replay judges again what was received within the last hour that has events.
// The window is halved while it holds too much.
func (j *Judge) replay(ctx context.Context, last time.Time) (int64, error) {
	window := Replay
	for window > time.Minute {
		n, err := rowsOf(ctx, j.o.Lake, receivedSince(event.ClassAudit, last.Add(-window)))
		if err != nil {
			return 0, err
		}
		if n <= maxReplayed {
			break
		}
		window /= 2
	}
	j.o.State.Replay(true)
	defer j.o.State.Replay(false)
	n := int64(0)
	err := j.o.Lake.Scan(ctx, receivedSince(event.ClassAudit, last.Add(-window)), func(e *event.Event) error {
		n++
		j.remember(e)
		return nil
	})
	return n, err
}

// receivedSince selects what a table received from a time on.
func receivedSince(c event.Class, t time.Time) lake.Selection {
	sel := lake.All(c)
	sel.ReceivedFrom, sel.ReceivedTo = t.UnixNano(), math.MaxInt64
	return sel
}
