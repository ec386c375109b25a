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

// replayObserved is how much of what sensors and other tools told is judged
// again: several times what a match waits for others (Lateness) before it is
// found, and what it waits until it is written that a finding grew (growEvery).
// A server that was killed had stored the rows by then, and not yet what was
// found in them.
const replayObserved = time.Minute

// busyTables is in how many tables so much comes in that time that it has to be
// bounded: processes, files, connections, and one other.
const busyTables = 4

// observed are the tables of that.
var observed = [...]event.Class{
	event.ClassProcess, event.ClassFile, event.ClassNetwork, event.ClassDNS, event.ClassKernel, event.ClassModule, event.ClassMemory,
	event.ClassK8sEvent, event.ClassAlert, event.ClassLog, event.ClassSpan,
}

// Restored says what a start took from the store.
type Restored struct {
	Findings, Incidents, Events int64
	Objects                     int64 // rows of the inventory
	Unreadable                  int64 // findings of another release, say
	Taught                      int64 // events from which new rules learned
}

// Restore rebuilds what a Judge remembers from the lake: what the clusters
// contained, findings that may still grow, and the last hour of events.
func (j *Judge) Restore(ctx context.Context, rules func(id string) *rule.Rule) (Restored, error) {
	var r Restored
	var err error
	r.Objects, err = Recall(ctx, j.o.Past, func(e *event.Event) {
		j.rows.Note(e)
		j.o.Callers.Recall(e)
	})
	if err != nil {
		return r, fmt.Errorf("read the inventory of the store: %w", err)
	}
	if err := j.recallForeign(ctx); err != nil {
		return r, fmt.Errorf("read what other tools brought: %w", err)
	}
	latest, found, err := j.latest(ctx, event.ClassAudit, event.ClassFinding, event.ClassIncident)
	if err != nil {
		return r, err
	}
	if !found {
		latest = j.o.Now()
	}
	since := latest.Add(-forgetAfter)
	err = j.o.Past.Scan(ctx, receivedSince(event.ClassFinding, since), func(e *event.Event) error {
		if event.FindingInfoTypes.Has(e) {
			return nil // no rule made it: the ledger takes it up
		}
		f, err := row.ReadFinding(e, rules)
		if err != nil {
			r.Unreadable++
			j.o.Log.Warn("a stored finding cannot be taken up", "error", err)
			return nil
		}
		r.Findings++
		revision, _ := event.MetadataRevision.Get(e)
		j.findings[f.ID] = &told{revision: revision, last: f.Last.UnixNano(), standing: event.IncidentUID.Get(e) + " ", said: true}
		j.o.State.Restore(f)
		return nil
	})
	if err != nil {
		return r, fmt.Errorf("read the findings of the store: %w", err)
	}
	err = j.o.Past.Scan(ctx, receivedSince(event.ClassIncident, since), func(e *event.Event) error {
		r.Incidents++
		revision, _ := event.MetadataRevision.Get(e)
		j.incidents[event.MetadataUID.Get(e)] = &told{revision: revision, last: event.Time.Get(e)}
		return nil
	})
	if err != nil {
		return r, fmt.Errorf("read the incidents of the store: %w", err)
	}
	if r.Taught, err = j.teach(ctx); err != nil {
		return r, fmt.Errorf("learn from the store: %w", err)
	}
	j.o.State.Replay(true)
	defer j.o.State.Replay(false)
	if r.Events, err = j.replay(ctx, event.ClassAudit, Replay, maxReplayed); err != nil {
		return r, fmt.Errorf("read the last hour of the store: %w", err)
	}
	for _, c := range observed {
		n, err := j.replay(ctx, c, replayObserved, maxReplayed/busyTables)
		if err != nil {
			return r, fmt.Errorf("read the last minute of the store: %w", err)
		}
		r.Events += n
	}
	return r, nil
}

// latest returns when something was received last of what tables hold.
func (j *Judge) latest(ctx context.Context, tables ...event.Class) (last time.Time, found bool, _ error) {
	for _, c := range tables {
		_, at, ok, err := j.o.Past.Span(ctx, c)
		if err != nil {
			return last, false, fmt.Errorf("ask what the store has: %w", err)
		}
		if ok && at.After(last) {
			last, found = at, true
		}
	}
	return last, found, nil
}

// replay judges again what a table received within the last time of that length
// that has events. It is halved while it holds more than most.
func (j *Judge) replay(ctx context.Context, c event.Class, window time.Duration, most int64) (int64, error) {
	last, found, err := j.latest(ctx, c)
	if err != nil || !found {
		return 0, err
	}
	return j.scan(ctx, receivedSince(c, last.Add(-window)), last, most, j.remember)
}

// scan calls f for the events of a selection by when they were received, the
// latest of which is at about the end. While there are more than most, half of
// the time before the end is left out.
func (j *Judge) scan(ctx context.Context, sel lake.Selection, end time.Time, most int64, f func(*event.Event)) (int64, error) {
	n := int64(0)
	for window := end.UnixNano() - sel.ReceivedFrom; window > int64(time.Second); {
		held, err := j.o.Past.Held(ctx, sel)
		if err != nil {
			return 0, err
		}
		if held <= most {
			break
		}
		window /= 2
		sel.ReceivedFrom = end.UnixNano() - window
	}
	err := j.o.Past.Scan(ctx, sel, func(e *event.Event) error {
		n++
		f(e)
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
