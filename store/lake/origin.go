package lake

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Origin is a batch's place in the sequence of whoever made it. It is told
// again from there until it is known to be stored.
type Origin struct {
	// Source is who, and Epoch what Sequence counts in: a source that lost its
	// count begins a new one.
	Source, Epoch string
	Sequence      uint64
}

// originTable makes the table of origins, which came after the other tables: a
// manifest of an older release lacks it. at is a number that rises with every
// change.
const originTable = `CREATE TABLE IF NOT EXISTS origin (source TEXT NOT NULL, epoch TEXT NOT NULL, seq TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (source, epoch)) WITHOUT ROWID`

// maxEpochs is how many epochs of a source are known: those that changed last.
const maxEpochs = 4

// epochMark is up to which number of an epoch everything is stored.
type epochMark struct {
	epoch string
	seq   uint64
	at    int64
}

// Stored reports whether a batch with this origin, or a later one of the same
// epoch, is stored.
func (l *Lake) Stored(o Origin) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return o.Sequence <= markOf(l.origins[o.Source], o.Epoch)
}

// Origins returns the latest batch of each epoch of each source that is known
// to be stored.
func (l *Lake) Origins() []Origin {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Origin
	for source, marks := range l.origins {
		for i := range marks {
			out = append(out, Origin{Source: source, Epoch: marks[i].epoch, Sequence: marks[i].seq})
		}
	}
	return out
}

func markOf(marks []epochMark, epoch string) uint64 {
	for i := range marks {
		if marks[i].epoch == epoch {
			return marks[i].seq
		}
	}
	return 0
}

// Note says that the append has the whole of a batch. It reports whether that
// is news: where it is not the batch is in this append or in the lake already,
// and must be left out. Commit keeps it together with the events.
func (a *Append) Note(o Origin) bool {
	k := originKey{o.Source, o.Epoch}
	if a.lake.Stored(o) || o.Sequence <= a.origins[k].seq {
		return false
	}
	if a.origins == nil {
		a.origins = map[originKey]noted{}
	}
	a.notes++
	a.origins[k] = noted{o.Sequence, a.notes}
	return true
}

type originKey struct{ source, epoch string }

// noted is what an append has of an epoch: up to which number, and how many
// batches were noted until the last of it was. A source that begins epoch after
// epoch has many in one append, of which the last are to be known.
type noted struct {
	seq   uint64
	after int
}

// keepOrigins writes what an append noted, and returns the marks of its sources
// as they are then.
func (l *Lake) keepOrigins(ctx context.Context, tx *sql.Tx, noted map[originKey]noted) (map[string][]epochMark, error) {
	if len(noted) == 0 {
		return nil, nil
	}
	l.mu.Lock()
	at := l.originAt
	after := map[string][]epochMark{}
	inOrder := slices.SortedFunc(maps.Keys(noted), func(x, y originKey) int { return cmp.Compare(noted[x].after, noted[y].after) })
	for _, k := range inOrder {
		marks, begun := after[k.source]
		if !begun {
			marks = slices.Clone(l.origins[k.source])
		}
		at++
		i := slices.IndexFunc(marks, func(m epochMark) bool { return m.epoch == k.epoch })
		if i < 0 {
			marks = append(marks, epochMark{epoch: k.epoch})
			i = len(marks) - 1
		}
		marks[i].seq, marks[i].at = max(marks[i].seq, noted[k].seq), at
		after[k.source] = marks
	}
	l.mu.Unlock()
	keep, err := tx.PrepareContext(ctx, `INSERT INTO origin VALUES (?, ?, ?, ?) ON CONFLICT (source, epoch) DO UPDATE SET seq = excluded.seq, at = excluded.at`)
	if err != nil {
		return nil, fmt.Errorf("keeping where batches came from: %w", err)
	}
	defer keep.Close() // it ends with the transaction, too
	for source, marks := range after {
		slices.SortFunc(marks, func(x, y epochMark) int { return cmp.Compare(y.at, x.at) })
		for _, gone := range marks[min(len(marks), maxEpochs):] {
			if _, err := tx.ExecContext(ctx, `DELETE FROM origin WHERE source = ? AND epoch = ?`, source, gone.epoch); err != nil {
				return nil, fmt.Errorf("forgetting an epoch: %w", err)
			}
		}
		marks = marks[:min(len(marks), maxEpochs)]
		after[source] = marks
		for _, m := range marks {
			if _, changed := noted[originKey{source, m.epoch}]; !changed {
				continue
			}
			if _, err := keep.ExecContext(ctx, source, m.epoch, strconv.FormatUint(m.seq, 10), m.at); err != nil {
				return nil, fmt.Errorf("keeping where a batch came from: %w", err)
			}
		}
	}
	return after, nil
}

// knowOrigins takes the marks of sources into memory. The lock is held.
func (l *Lake) knowOrigins(after map[string][]epochMark) {
	for source, marks := range after {
		l.origins[source] = marks
		for _, m := range marks {
			l.originAt = max(l.originAt, m.at)
		}
	}
}

func (c *contents) loadOrigins(ctx context.Context, tx *sql.Tx) error {
	var name string
	err := tx.QueryRowContext(ctx, `SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'origin'`).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return each(ctx, tx, `SELECT source, epoch, seq, at FROM origin`, func(r *sql.Rows) error {
		var source, text string
		var m epochMark
		if err := r.Scan(&source, &m.epoch, &text, &m.at); err != nil {
			return err
		}
		var err error
		if m.seq, err = strconv.ParseUint(text, 10, 64); err != nil {
			return fmt.Errorf("origin %q: %w", source, err)
		}
		c.origins[source] = append(c.origins[source], m)
		return nil
	})
}
