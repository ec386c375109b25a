package lake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// What Find gives up at.
const (
	// maxFoundGroups is how many row groups may hold what is wanted: to look
	// into one takes about half a millisecond.
	maxFoundGroups = 192
	// maxFoundBytes bounds the text of the events.
	maxFoundBytes = 4 << 20
)

// Find returns the events of the snapshot that have the texts which the
// selection's Equal and Contains ask for, of columns in which people look for
// one exact value or for a part, when they are few: at most limit, in few row
// groups. Of them it reads the columns that the selection names, one page of
// each, where an engine reads whole row groups. Other conditions are not
// tested, and revisions not compared.
//
// ok is false when there are more, when nothing is asked of such a column, or when a
// segment cannot be read: whoever asks must then read the files.
func (s *Snapshot) Find(ctx context.Context, sel Selection, limit int) (events []*event.Event, ok bool) {
	f := &finder{snap: s, sel: sel, limit: int64(limit)}
	t := s.lake.tables[sel.Table]
	if t == nil {
		return nil, false
	}
	for _, e := range sel.Equal {
		i, known := t.byName[e.Column]
		if !known || !t.columns[i].bloom || slices.Contains(e.Values, "") {
			continue
		}
		w := wanted{column: i, texts: e.Values}
		if e.Fold {
			w.texts = nil
			for _, v := range e.Values {
				w.folds = append(w.folds, string(appendFold(nil, []byte(v))))
			}
		}
		f.wanted = append(f.wanted, w)
	}
	for _, c := range sel.Contains {
		i, known := t.byName[c.Column]
		if !known || !t.columns[i].grams || t.columns[i].field.Type == event.TypeStrings || len(c.Text) < gramLen {
			continue
		}
		f.wanted = append(f.wanted, wanted{column: i, part: appendFold(nil, []byte(c.Text))})
	}
	if len(f.wanted) == 0 || !f.choose() {
		return nil, false
	}
	return f.run(ctx)
}

// wanted is a column of texts and those that are asked for, their folded
// forms, or what their folded forms contain.
type wanted struct {
	column       int
	texts, folds []string
	part         []byte
	fold         []byte
}

func (w *wanted) has(text []byte) bool {
	if w.part != nil {
		w.fold = appendFold(w.fold[:0], text)
		return bytes.Contains(w.fold, w.part)
	}
	for _, t := range w.texts {
		if string(text) == t {
			return true
		}
	}
	if len(w.folds) == 0 {
		return false
	}
	w.fold = appendFold(w.fold[:0], text)
	for _, t := range w.folds {
		if string(w.fold) == t {
			return true
		}
	}
	return false
}

// finder is a Find under way.
type finder struct {
	snap   *Snapshot
	sel    Selection
	limit  int64
	wanted []wanted
	places []foundIn

	rows, size atomic.Int64
	failed     atomic.Bool
}

// foundIn is a segment with the row groups that may hold what is wanted, and
// what was found there.
type foundIn struct {
	seg    *segment
	groups []bool // nil for all
	events []*event.Event
}

// choose finds the row groups to look into, false when they are many.
func (f *finder) choose() bool {
	p := newPruner(f.snap.lake, f.sel)
	n := 0
	for _, s := range f.snap.segments {
		may, known := p.groups(s)
		switch {
		case !known:
			may = nil
			n += 1 + int(s.rows/maxGroupRows)
		case !slices.Contains(may, true):
			continue
		}
		for _, m := range may {
			if m {
				n++
			}
		}
		if n > maxFoundGroups {
			return false
		}
		f.places = append(f.places, foundIn{seg: s, groups: may})
	}
	return true
}

// run looks into segments side by side.
func (f *finder) run(ctx context.Context) (events []*event.Event, ok bool) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(f.places)) {
		wg.Go(func() {
			for !f.failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= len(f.places) {
					return
				}
				if ctx.Err() != nil || f.segment(&f.places[i]) != nil {
					f.failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	if f.failed.Load() {
		return nil, false
	}
	for i := range f.places {
		events = append(events, f.places[i].events...)
	}
	return events, true
}

// segment finds the events of one segment.
func (f *finder) segment(at *foundIn) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: %v", errDamaged, v) // as in readColumn
		}
	}()
	r, err := f.snap.lake.openSegment(at.seg, pageBuffer)
	if err != nil {
		return err
	}
	defer r.close() // it was only read
	want := slices.Clone(f.wanted)
	for i := range want {
		want[i].fold = nil // one for each goroutine
	}
	for i, g := range r.p.RowGroups() {
		if at.groups != nil && (i >= len(at.groups) || !at.groups[i]) {
			continue
		}
		rows, err := rowsWith(r, g, want)
		if err != nil {
			return err
		}
		if f.rows.Add(int64(len(rows))) > f.limit {
			return errMany
		}
		if len(rows) == 0 {
			continue
		}
		found, err := f.events(r, g, rows)
		if err != nil {
			return err
		}
		at.events = append(at.events, found...)
	}
	return nil
}

// errMany says that there is more than Find looks for.
var errMany = errors.New("lake: more than a few events")

// rowsWith returns the rows of a row group that have all that is wanted.
func rowsWith(r *segmentReader, g parquet.RowGroup, want []wanted) ([]int32, error) {
	var rows []int32
	for i := range want {
		leaf := r.leaf[want[i].column]
		if leaf < 0 {
			return nil, nil // empty in all rows
		}
		have, err := want[i].rows(g.ColumnChunks()[leaf])
		if err != nil || len(have) == 0 {
			return nil, err
		}
		if i == 0 {
			rows = have
			continue
		}
		rows = slices.DeleteFunc(rows, func(row int32) bool {
			_, is := slices.BinarySearch(have, row)
			return !is
		})
	}
	return rows, nil
}

// events reads some rows of a row group.
func (f *finder) events(r *segmentReader, g parquet.RowGroup, rows []int32) ([]*event.Event, error) {
	t := r.table
	sc := &scanner{sel: f.sel}
	values := make([][][]parquet.Value, len(t.columns))
	for i := range t.columns {
		if !sc.wants(t, i) || r.leaf[i] < 0 {
			continue
		}
		var err error
		if values[i], err = valuesAt(g.ColumnChunks()[r.leaf[i]], rows, t.columns[i].field.Type == event.TypeStrings); err != nil {
			return nil, err
		}
	}
	out := make([]*event.Event, len(rows))
	for row := range rows {
		sc.e.Reset(t.class)
		sc.words = sc.words[:0]
		size := 0
		for i := range values {
			if values[i] == nil {
				continue
			}
			for _, v := range values[i][row] {
				if v.Kind() == parquet.ByteArray && !v.IsNull() {
					size += len(v.ByteArray())
				}
			}
			sc.set(&t.columns[i], values[i][row])
		}
		if f.size.Add(int64(size)) > maxFoundBytes {
			return nil, errMany
		}
		out[row] = sc.e.Clone()
	}
	return out, nil
}
