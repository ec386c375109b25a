package lake

import (
	"context"
	"database/sql"
	"slices"

	"github.com/lynceus-io/lynceus/event"
)

// lean is what segments of a table are like: they have the columns of which
// some event since the start had a value, which are a third of all, and those
// that the lake itself reads. The others would be empty in every row, and cost
// as much to write as columns that are not. Merged segments have those that
// some of their sources has.
type lean struct {
	table *table
	seen  []bool // by column of the whole table
	set   *columnSet
	free  []*segmentWriter // those that are not in use
}

// has reports whether the lean table has all columns of which rows have values.
func (n *lean) has(used []bool) bool {
	for i, u := range used {
		if u && !n.seen[i] {
			return false
		}
	}
	return true
}

// leanOf returns the lean table for rows that have values in some columns of
// the whole one, together with what rows before them had.
func (l *Lake) leanOf(t *table, used []bool) *lean {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.lean[t.class]
	if n != nil && n.has(used) {
		return n
	}
	if n != nil {
		used = slices.Clone(used)
		for i := range used {
			used[i] = used[i] || n.seen[i]
		}
	}
	next := newLean(t, used)
	l.lean[t.class] = next
	return next
}

// leanFor returns the lean table that has the columns that are used, and no
// others but those that the lake itself reads.
func (l *Lake) leanFor(t *table, used []bool) *lean {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := l.lean[t.class]; n != nil && slices.Equal(n.seen, used) {
		return n
	}
	return newLean(t, used)
}

func newLean(t *table, used []bool) *lean {
	next := &lean{seen: make([]bool, len(t.columns))}
	for _, i := range []int{t.uid, t.revision, t.time, t.received, t.stage, t.awaits} {
		if i >= 0 {
			next.seen[i] = true
		}
	}
	var fields []*event.Field
	for i := range t.columns {
		if next.seen[i] = next.seen[i] || used[i]; next.seen[i] {
			fields = append(fields, t.columns[i].field)
		}
	}
	next.table = newTable(t.class, fields)
	names := make([]string, len(next.table.columns))
	for i := range next.table.columns {
		names[i] = next.table.columns[i].name
		next.table.columns[i].whole = t.byName[names[i]]
	}
	next.set = newColumnSet(0, t.class, names)
	return next
}

// takeWriter and putWriter share the writers of appended segments, which are
// costly to make.
func (l *Lake) takeWriter(n *lean) *segmentWriter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := len(n.free); k > 0 {
		w := n.free[k-1]
		n.free = n.free[:k-1]
		return w
	}
	return newSegmentWriter(n.table, false)
}

func (l *Lake) putWriter(n *lean, w *segmentWriter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(n.free) < 2 && l.lean[n.table.class] == n {
		n.free = append(n.free, w)
	}
}

// maxStages bounds the stages of a table that are kept for the next append.
const maxStages = 2

// takeStage and putStage share stages, which have memory for what is
// collected.
func (l *Lake) takeStage(t *table) *stage {
	l.mu.Lock()
	defer l.mu.Unlock()
	if list := l.stages[t.class]; len(list) > 0 {
		l.stages[t.class] = list[:len(list)-1]
		if s := list[len(list)-1]; s.table == t {
			return s
		}
	}
	return newStage(t)
}

func (l *Lake) putStage(s *stage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if list := l.stages[s.table.class]; len(list) < maxStages {
		l.stages[s.table.class] = append(list, s)
	}
}

// number gives the columns of segments the numbers that the manifest knows
// them by. What was numbered in a transaction that failed is numbered again.
func number(ctx context.Context, tx *sql.Tx, files []*written) error {
	var done []*columnSet
	for _, wr := range files {
		set := wr.seg.columns
		if set.numbered || slices.Contains(done, set) {
			continue
		}
		id, err := columnsID(ctx, tx, set.class, set.names)
		if err != nil {
			return err
		}
		set.id = id
		done = append(done, set)
	}
	return nil
}
