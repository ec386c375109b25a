package lake

import (
	"cmp"
	"context"
	"database/sql"
	"os"
	"path"
	"slices"
	"time"
)

// expire drops hours that are older than their table keeps, and the oldest
// ones while the store is too large.
func (l *Lake) expire(ctx context.Context, u *Upkeep) error {
	now := l.opts.Now()
	var gone []*segment
	var rest []*segment
	for _, s := range l.all() {
		keep, limited := l.opts.Retention[s.class]
		if limited && !time.Unix((s.hour+1)*3600, 0).Add(keep).After(now) {
			gone = append(gone, s)
			continue
		}
		rest = append(rest, s)
	}
	if l.opts.MaxBytes > 0 {
		gone = append(gone, tooMuch(rest, l.opts.MaxBytes)...)
	}
	if len(gone) == 0 {
		return nil
	}
	if err := l.drop(ctx, gone, nil); err != nil {
		return err
	}
	u.Expired += len(gone)
	for _, s := range gone {
		u.ExpiredRows += s.rows
	}
	l.opts.Log.Info("dropped old segments", "segments", len(gone))
	return nil
}

// tooMuch returns the segments to drop so that the others take at most limit
// bytes: whole hours, the oldest first, and of the newest hour the oldest
// segments.
func tooMuch(segments []*segment, limit int64) []*segment {
	var total int64
	newest := int64(0)
	for i, s := range segments {
		total += s.size()
		if i == 0 || s.hour > newest {
			newest = s.hour
		}
	}
	slices.SortFunc(segments, func(a, b *segment) int {
		return cmp.Or(cmp.Compare(a.hour, b.hour), cmp.Compare(a.maxReceived, b.maxReceived), cmp.Compare(a.id, b.id))
	})
	var gone []*segment
	for i, s := range segments {
		hourBegun := i > 0 && segments[i-1].hour == s.hour && s.hour != newest
		if total <= limit && !hourBegun {
			break
		}
		gone = append(gone, s)
		total -= s.size()
	}
	return gone
}

// drop takes segments out of the store and puts others in their place, in one
// transaction. Their files stay for the grace period.
func (l *Lake) drop(ctx context.Context, gone []*segment, come []*written) error {
	l.step.Lock()
	defer l.step.Unlock()
	return l.replace(ctx, gone, come)
}

// replace is drop with the step lock held.
func (l *Lake) replace(ctx context.Context, gone []*segment, come []*written) error {
	at := l.opts.Now().Unix()
	err := l.m.update(ctx, func(tx *sql.Tx) error {
		if err := number(ctx, tx, come); err != nil {
			return err
		}
		for _, wr := range come {
			if err := insertSegment(ctx, tx, wr.seg); err != nil {
				return err
			}
		}
		for _, s := range gone {
			if _, err := tx.ExecContext(ctx, `UPDATE segment SET dropped_at = ? WHERE id = ?`, max(at, 1), s.id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, wr := range come {
		wr.seg.columns.numbered = true
	}
	l.forget(gone)
	for _, s := range gone {
		s.droppedAt = max(at, 1)
		l.dropped = append(l.dropped, s)
	}
	for _, wr := range come {
		l.live[wr.seg.class] = append(slices.Clone(l.live[wr.seg.class]), wr.seg)
	}
	return nil
}

// sweep removes the files of segments that were dropped a grace period ago
// and that no snapshot holds. The manifest forgets them afterwards, so that
// it knows every file that is there.
func (l *Lake) sweep(ctx context.Context, u *Upkeep) error {
	until := l.opts.Now().Add(-l.opts.Grace).Unix()
	l.mu.Lock()
	var gone []*segment
	for _, s := range l.dropped {
		if s.droppedAt <= until && s.pins == 0 {
			gone = append(gone, s)
		}
	}
	l.mu.Unlock()
	if len(gone) == 0 {
		return nil
	}
	for _, s := range gone {
		for _, name := range []string{s.idxFile(), s.dataFile()} {
			if err := l.disk.remove(name); err != nil {
				return err
			}
		}
		l.cache.drop(s.id)
		l.removeEmpty(path.Dir(s.name))
	}
	l.step.Lock()
	defer l.step.Unlock()
	err := l.m.update(ctx, func(tx *sql.Tx) error {
		for _, s := range gone {
			if _, err := tx.ExecContext(ctx, `DELETE FROM segment WHERE id = ?`, s.id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropped = slices.DeleteFunc(l.dropped, func(s *segment) bool { return slices.Contains(gone, s) })
	for _, s := range gone {
		u.Removed++
		u.RemovedBytes += s.size()
	}
	return nil
}

// removeEmpty removes the directory of an hour, and of its day, when nothing
// is in them. An append that is about to use one makes it again.
func (l *Lake) removeEmpty(dir string) {
	l.step.Lock()
	defer l.step.Unlock()
	for range 2 {
		if os.Remove(l.disk.path(dir)) != nil {
			return // there is something in it
		}
		dir = path.Dir(dir)
	}
}
