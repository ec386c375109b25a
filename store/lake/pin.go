package lake

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// File is a live segment as an engine reads it. It is only read.
type File struct {
	Path  string // of the Parquet file
	Level int    // 0 as appended, 1 merged
	Rows  int64
	Bytes int64 // of the Parquet file
	// MinTime and MaxTime bound the events' time, MinReceived and MaxReceived
	// when they were received: nanoseconds since 1970, whole microseconds. Min
	// is above Max when no event has one.
	MinTime, MaxTime         int64
	MinReceived, MaxReceived int64
	// Open is how many events later revisions may supersede: requests that are
	// not over, and all findings and incidents.
	Open int64
	// Amending is how many events have a revision above 0 and may supersede
	// others that are still there.
	Amending int64
	// Columns are the stored columns that the file has, in its own order. A
	// file of an earlier release has fewer than the table: '' or null is what
	// the others hold.
	Columns []string
}

// Snapshot is the segments that can matter to a selection. Their files stay
// until Release, whatever Maintain does.
type Snapshot struct {
	// Files are the segments to read, the newest by time first.
	Files []File
	// Amending are all live segments of the table with Amending above 0,
	// chosen or not: an event in Files is superseded when one of these has the
	// same metadata_uid and a higher metadata_revision.
	Amending []File
	// Pruned is how many live segments of the table were left out, Total how
	// many there are.
	Pruned, Total int

	lake     *Lake
	segments []*segment // of Files, in the same order
	held     []*segment
	once     sync.Once
}

// Pin returns the segments that can hold events of the selection. Time,
// Equal and Contains leave segments out; what they say is advice, and a
// segment that stays may hold no such event. Release must be called.
func (l *Lake) Pin(ctx context.Context, sel Selection) (*Snapshot, error) {
	snap, err := l.hold(ctx, sel)
	if err != nil {
		return nil, err
	}
	p := newPruner(l, sel)
	if p.active() {
		kept := snap.segments[:0]
		for _, s := range snap.segments {
			if err := ctx.Err(); err != nil {
				snap.Release()
				return nil, err
			}
			if p.keep(s) {
				kept = append(kept, s)
			}
		}
		snap.segments = kept
	}
	slices.SortFunc(snap.segments, func(a, b *segment) int {
		return cmp.Or(cmp.Compare(b.maxTime, a.maxTime), cmp.Compare(b.id, a.id))
	})
	for _, s := range snap.segments {
		snap.Files = append(snap.Files, l.file(s))
	}
	snap.Pruned = snap.Total - len(snap.Files)
	return snap, nil
}

// hold pins the segments that the manifest alone cannot leave out.
func (l *Lake) hold(ctx context.Context, sel Selection) (*Snapshot, error) {
	if l.opts.ReadOnly {
		if err := l.reload(ctx); err != nil {
			return nil, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	snap := &Snapshot{lake: l, Total: len(l.live[sel.Table])}
	for _, s := range l.live[sel.Table] {
		if s.amending > 0 {
			snap.Amending = append(snap.Amending, l.file(s))
		}
		matches := overlaps(s.minTime, s.maxTime, sel.From, sel.To) && overlaps(s.minReceived, s.maxReceived, sel.ReceivedFrom, sel.ReceivedTo)
		if matches {
			snap.segments = append(snap.segments, s)
		}
		if matches || s.amending > 0 {
			s.pins++
			snap.held = append(snap.held, s)
		}
	}
	return snap, nil
}

// file returns a segment as an engine sees it.
func (l *Lake) file(s *segment) File {
	return File{
		Path: l.disk.path(s.dataFile()), Level: s.level, Rows: s.rows, Bytes: s.bytes,
		MinTime: nanos(s.minTime), MaxTime: nanos(s.maxTime), MinReceived: nanos(s.minReceived), MaxReceived: nanos(s.maxReceived),
		Open: s.open, Amending: s.amending, Columns: s.columns.names,
	}
}

// nanos returns microseconds as nanoseconds; what would not fit stays at the
// end of the range.
func nanos(us int64) int64 {
	switch {
	case us > math.MaxInt64/1000:
		return math.MaxInt64
	case us < math.MinInt64/1000:
		return math.MinInt64
	}
	return us * 1000
}

// Release lets the files go. It may be called more than once.
func (s *Snapshot) Release() {
	s.once.Do(func() {
		s.lake.mu.Lock()
		defer s.lake.mu.Unlock()
		for _, seg := range s.held {
			seg.pins--
		}
	})
}

// Held returns how many rows the files of a selection have: those of the selection, and perhaps others.
func (l *Lake) Held(ctx context.Context, sel Selection) (n int64, err error) {
	snap, err := l.Pin(ctx, sel)
	if err != nil {
		return 0, err
	}
	defer snap.Release()
	for _, f := range snap.Files {
		n += f.Rows
	}
	return n, nil
}

// Span returns the earliest and the latest received hour that the table has
// events of; ok is false when it has none.
func (l *Lake) Span(c event.Class) (first, last time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, s := range l.live[c] {
		at := time.Unix(s.hour*3600, 0).UTC()
		if i == 0 || at.Before(first) {
			first = at
		}
		if i == 0 || at.After(last) {
			last = at
		}
	}
	return first, last, len(l.live[c]) > 0
}
