package lake

import (
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// Stats is what a lake holds.
type Stats struct {
	Segments int
	Rows     int64 // superseded ones that are not merged away yet included
	Bytes    int64 // of segments and their filters
	Tables   []TableStats
	// Dropped is the room of segments that are no longer read and wait for
	// their grace period.
	Dropped int64
	// Aside are the segments that could not be read; what is in them is
	// missing from every answer.
	Aside []Aside
	// Outbox is what waits to be shipped; empty for a reader.
	Outbox OutboxStats
}

// TableStats is what a lake holds of one table. Tables without events have
// none.
type TableStats struct {
	Class          event.Class
	Segments       int
	Appended       int // of them, those that were not merged yet
	Rows, Bytes    int64
	Open, Amending int64 // as in File
	// Oldest and Newest bound the events' time, OldestReceived and
	// NewestReceived when they were received. Zero when no event has one.
	Oldest, Newest                 time.Time
	OldestReceived, NewestReceived time.Time
}

// Stats returns what the lake holds now; a reader's numbers are those of its
// last Pin.
func (l *Lake) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out Stats
	for _, c := range event.Classes() {
		if len(l.live[c]) == 0 {
			continue
		}
		sum, t := newStats(), TableStats{Class: c}
		for _, s := range l.live[c] {
			t.Segments++
			if s.level == 0 {
				t.Appended++
			}
			t.Rows += s.rows
			t.Bytes += s.size()
			t.Open += s.open
			t.Amending += s.amending
			sum.minTime, sum.maxTime = min(sum.minTime, s.minTime), max(sum.maxTime, s.maxTime)
			sum.minReceived, sum.maxReceived = min(sum.minReceived, s.minReceived), max(sum.maxReceived, s.maxReceived)
		}
		if sum.minTime <= sum.maxTime {
			t.Oldest, t.Newest = time.UnixMicro(sum.minTime).UTC(), time.UnixMicro(sum.maxTime).UTC()
		}
		if sum.minReceived <= sum.maxReceived {
			t.OldestReceived, t.NewestReceived = time.UnixMicro(sum.minReceived).UTC(), time.UnixMicro(sum.maxReceived).UTC()
		}
		out.Segments += t.Segments
		out.Rows += t.Rows
		out.Bytes += t.Bytes
		out.Tables = append(out.Tables, t)
	}
	for _, s := range l.dropped {
		out.Dropped += s.size()
	}
	out.Outbox = l.outbox
	out.Aside = slices.Clone(l.aside)
	return out
}
