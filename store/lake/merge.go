package lake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// When and how much is merged.
const (
	// An hour that still goes on is merged when it has this many appended
	// segments: each costs a query some 0.5 ms.
	maxAppended = 64
	// Small merged segments of such an hour are merged again when there are
	// this many.
	maxSmall = 16
	// A merged segment gets at most this many rows and bytes, but for what one
	// source alone brings: a query reads segments side by side.
	maxMergedRows  = 1 << 20
	maxMergedBytes = 512 << 20
	// An hour is over when this much of the next has gone by: what was
	// received late in it is stored by then.
	hourLag = 2 * time.Minute
)

// merge merges what is due, one table and hour after another, the oldest
// first. A damaged segment is set aside and its hour left to the next call.
func (l *Lake) merge(ctx context.Context, u *Upkeep) error {
	start := time.Now()
	defer func() { u.Merging = time.Since(start) }()
	for _, batch := range l.due() {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := l.mergeBatch(ctx, batch, u)
		var damage *damageError
		if errors.As(err, &damage) {
			err = l.onDamage(ctx)(damage.seg, damage.err)
		}
		if errors.Is(err, errOvertaken) {
			continue
		}
		if err != nil {
			return fmt.Errorf("merging %d segments of %s: %w", len(batch), hourDir(batch[0].class, batch[0].hour), err)
		}
	}
	return nil
}

// damageError says which of several segments is damaged.
type damageError struct {
	seg *segment
	err error
}

func (d *damageError) Error() string { return d.seg.name + ": " + d.err.Error() }
func (d *damageError) Unwrap() error { return d.err }

// due returns the batches to merge: segments of one table and hour, each
// batch into one segment.
func (l *Lake) due() [][]*segment {
	type key struct {
		class event.Class
		hour  int64
	}
	groups := map[key][]*segment{}
	var keys []key
	for _, s := range l.all() {
		k := key{s.class, s.hour}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], s)
	}
	slices.SortStableFunc(keys, func(a, b key) int { return cmp.Compare(a.hour, b.hour) })
	now := l.opts.Now().Add(-hourLag)
	var out [][]*segment
	for _, k := range keys {
		over := !time.Unix((k.hour+1)*3600, 0).After(now)
		out = append(out, batches(groups[k], over)...)
	}
	return out
}

// batches says what to merge of one table and hour.
func batches(segments []*segment, over bool) [][]*segment {
	var fresh, small []*segment
	for _, s := range segments {
		switch {
		case s.level == 0:
			fresh = append(fresh, s)
		case s.rows < maxMergedRows/4 && s.bytes < maxMergedBytes/4:
			small = append(small, s)
		}
	}
	if !over && len(fresh) < maxAppended {
		return nil
	}
	in := fresh
	if over || len(small) >= maxSmall {
		in = append(in, small...)
	}
	slices.SortFunc(in, func(a, b *segment) int {
		return cmp.Or(cmp.Compare(a.minReceived, b.minReceived), cmp.Compare(a.id, b.id))
	})
	var out [][]*segment
	var rows, bytes int64
	for _, s := range in {
		if n := len(out); n == 0 || rows+s.rows > maxMergedRows || bytes+s.bytes > maxMergedBytes {
			out, rows, bytes = append(out, nil), 0, 0
		}
		out[len(out)-1] = append(out[len(out)-1], s)
		rows, bytes = rows+s.rows, bytes+s.bytes
	}
	// A merged segment alone is as good as it gets.
	return slices.DeleteFunc(out, func(b []*segment) bool { return len(b) == 1 && b[0].level > 0 })
}

// mergeBatch merges segments into one and puts it in their place.
func (l *Lake) mergeBatch(ctx context.Context, batch []*segment, u *Upkeep) error {
	class, hour := batch[0].class, batch[0].hour
	m := &merger{lake: l, table: l.tables[class], sources: make([]source, len(batch))}
	defer m.close()
	witnesses, err := m.open(ctx, batch, hour)
	if err != nil {
		return err
	}
	f, err := l.disk.create(fmt.Sprintf("tmp/%d%s", l.nextSerial(), extData))
	if err != nil {
		return err
	}
	ln := l.leanFor(m.table, m.columns())
	m.w = newSegmentWriter(ln.table, true)
	m.w.reset(f)
	filters, err := m.run(ctx, batch)
	if err != nil {
		return errors.Join(err, f.Close(), l.disk.remove(f.name))
	}
	m.w.stats.open, m.w.stats.amending = m.openRows, m.amending
	seg := &segment{class: class, hour: hour, level: 1, name: mergedName(class, hour, l.nextSerial()), columns: ln.set}
	wr, err := l.complete(seg, m.w, f, filters)
	if err != nil {
		return err
	}
	come := []*written{wr}
	if seg.rows == 0 { // all were superseded by events of later hours
		come = nil
	}
	if err := l.commitMerge(ctx, batch, witnesses, come); err != nil {
		return errors.Join(err, l.disk.remove(wr.data), l.disk.remove(wr.filter))
	}
	if come == nil {
		return errors.Join(l.disk.remove(wr.data), l.disk.remove(wr.filter))
	}
	u.Merged += len(batch)
	u.Into++
	u.MergedRows += seg.rows + m.dropped
	u.Superseded += m.dropped
	return nil
}

// errOvertaken says that what a merge relied on is gone; the next one decides
// again.
var errOvertaken = errors.New("a segment was dropped meanwhile")

// commitMerge puts the new segment in the place of the batch, if the batch and
// the segments that supersede events of it are all still there.
func (l *Lake) commitMerge(ctx context.Context, batch, witnesses []*segment, come []*written) error {
	l.step.Lock()
	defer l.step.Unlock()
	l.mu.Lock()
	live := l.live[batch[0].class]
	l.mu.Unlock()
	for _, s := range slices.Concat(batch, witnesses) {
		if !slices.Contains(live, s) {
			return errOvertaken
		}
	}
	if err := l.place(come); err != nil {
		return err
	}
	if err := l.replace(ctx, batch, come); err != nil {
		return errors.Join(err, l.settle(come))
	}
	return nil
}

// settle takes a merged segment's files away after the manifest refused it.
// Where it cannot be told whether it did, the lake has to be opened again.
func (l *Lake) settle(come []*written) error {
	c, err := l.m.load(context.Background())
	if err != nil {
		return l.fail(err)
	}
	for _, wr := range come {
		for _, s := range c.segments {
			if s.name == wr.seg.name {
				return l.fail(errors.New("a merge was committed and reported as failed"))
			}
		}
	}
	return l.unplace(come)
}

// namesOf joins the names of segments by lines.
func namesOf(segments []*segment) string {
	names := make([]string, len(segments))
	for i, s := range segments {
		names[i] = s.name
	}
	return strings.Join(names, "\n")
}
