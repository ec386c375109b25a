package lake

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// Scan calls f for the events of the selection: those between its bounds of
// time and received time, of the columns that it names (none means all, and
// time and metadata_uid always come), and in their latest revision unless
// Superseded is set. Equal and Contains leave out row groups that cannot
// matter; f sees the rest of the events and tests again. The event is f's
// during the call only.
//
// Within a row group, which is up to 65,536 events received one after
// another, events come by (time, uid); segments come by their earliest time,
// and their row groups in the order in which they were written. An error of f
// ends the scan. A damaged segment is set aside, or left out by a reader, and
// the rest goes on.
func (l *Lake) Scan(ctx context.Context, sel Selection, f func(*event.Event) error) error {
	snap, err := l.Pin(ctx, sel)
	if err != nil {
		return err
	}
	defer snap.Release()
	segments := slices.Clone(snap.segments)
	slices.SortFunc(segments, func(a, b *segment) int { return cmp.Or(cmp.Compare(a.minTime, b.minTime), cmp.Compare(a.id, b.id)) })
	sc := &scanner{lake: l, sel: sel, pruner: newPruner(l, sel), f: f}
	if !sel.Superseded && slices.ContainsFunc(segments, func(s *segment) bool { return s.open > 0 }) {
		if sc.latest, err = l.readRevisions(ctx, snap.held, l.onDamage(ctx)); err != nil {
			return err
		}
	}
	for _, s := range segments {
		err := sc.segment(ctx, s)
		if errors.Is(err, errDamaged) {
			err = l.onDamage(ctx)(s, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// onDamage sets damaged segments aside; a reader only says so.
func (l *Lake) onDamage(ctx context.Context) func(*segment, error) error {
	return func(s *segment, err error) error {
		if !errors.Is(err, errDamaged) {
			return err
		}
		if l.writable() != nil {
			l.opts.Log.Error("a segment is damaged and was left out", "segment", s.name, "error", err)
			return nil
		}
		return l.SetAside(ctx, l.disk.path(s.dataFile()), err.Error())
	}
}

// scanner is a Scan under way.
type scanner struct {
	lake   *Lake
	sel    Selection
	pruner *pruner
	latest revisions
	f      func(*event.Event) error
	e      event.Event
	words  []string
}

func (sc *scanner) segment(ctx context.Context, s *segment) error {
	r, err := sc.lake.openSegment(s, readBuffer)
	if err != nil {
		return err
	}
	defer r.close()
	may, known := sc.pruner.groups(s)
	for i, g := range r.p.RowGroups() {
		if known && (i >= len(may) || !may[i]) {
			continue
		}
		if err := sc.group(ctx, r, g); err != nil {
			return err
		}
	}
	return nil
}

// group reads one row group and hands out its events.
func (sc *scanner) group(ctx context.Context, r *segmentReader, g parquet.RowGroup) error {
	t := r.table
	cols := make([]columnData, len(t.columns))
	defer func() {
		for i := range cols {
			cols[i].release()
		}
	}()
	none := &columnData{}
	at := func(i int) *columnData {
		if i < 0 {
			return none
		}
		return &cols[i]
	}
	// Time comes first: a row group of another time is not read any further.
	if t.time >= 0 {
		var err error
		if cols[t.time], _, err = r.column(g, t.time); err != nil {
			return err
		}
	}
	if !anyWithin(at(t.time), int(g.NumRows()), sc.sel.From, sc.sel.To) {
		return nil
	}
	for i := range t.columns {
		if i == t.time || !sc.wants(t, i) {
			continue
		}
		var err error
		if cols[i], _, err = r.column(g, i); err != nil {
			return err
		}
	}
	for n, row := range order(int(g.NumRows()), at(t.time), at(t.uid)) {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if !within(at(t.time), row, sc.sel.From, sc.sel.To) || !within(at(t.received), row, sc.sel.ReceivedFrom, sc.sel.ReceivedTo) || sc.superseded(at(t.uid), at(t.revision), row) {
			continue
		}
		sc.e.Reset(t.class)
		sc.words = sc.words[:0]
		for i := range cols {
			if len(cols[i].values) > 0 {
				sc.set(&t.columns[i], cols[i].row(row))
			}
		}
		if err := sc.f(&sc.e); err != nil {
			return err
		}
	}
	return nil
}

// wants reports whether column i is read.
func (sc *scanner) wants(t *table, i int) bool {
	switch i {
	case t.time, t.uid:
		return true
	case t.received:
		return len(sc.sel.Columns) == 0 || sc.sel.ReceivedFrom != math.MinInt64 || sc.sel.ReceivedTo != math.MaxInt64 || slices.Contains(sc.sel.Columns, t.columns[i].name)
	case t.revision:
		return len(sc.sel.Columns) == 0 || sc.latest != nil || slices.Contains(sc.sel.Columns, t.columns[i].name)
	}
	return len(sc.sel.Columns) == 0 || slices.Contains(sc.sel.Columns, t.columns[i].name)
}

// within reports whether a time lies between bounds in nanoseconds; an absent
// one does only when there are none.
func within(c *columnData, row int32, from, to int64) bool {
	if from == math.MinInt64 && to == math.MaxInt64 {
		return true
	}
	if len(c.values) == 0 || c.values[row].IsNull() {
		return false
	}
	ns := nanos(c.values[row].Int64())
	return from <= ns && ns <= to
}

// anyWithin reports whether the time of one of the rows lies between bounds.
func anyWithin(c *columnData, rows int, from, to int64) bool {
	for row := range int32(rows) {
		if within(c, row, from, to) {
			return true
		}
	}
	return false
}

func (sc *scanner) superseded(uids, revs *columnData, row int32) bool {
	if len(sc.latest) == 0 || len(uids.values) == 0 {
		return false
	}
	revision := int64(0)
	if len(revs.values) > 0 && !revs.values[row].IsNull() {
		revision = revs.values[row].Int64()
	}
	return sc.latest.supersedes(uids.values[row].ByteArray(), revision)
}

// set gives the event the value of a column. Empty text is absent.
func (sc *scanner) set(c *column, values []parquet.Value) {
	id := c.field.ID
	switch c.field.Type {
	case event.TypeStrings:
		if values[0].IsNull() && values[0].DefinitionLevel() == 0 {
			return
		}
		n := len(sc.words)
		for i := range values {
			if !values[i].IsNull() {
				sc.words = append(sc.words, string(values[i].ByteArray()))
			}
		}
		event.StringsField(id).Set(&sc.e, sc.words[n:len(sc.words):len(sc.words)])
	case event.TypeInt:
		if !values[0].IsNull() {
			event.IntField(id).Set(&sc.e, values[0].Int64())
		}
	case event.TypeTime:
		if !values[0].IsNull() {
			event.TimeField(id).Set(&sc.e, nanos(values[0].Int64()))
		}
	case event.TypeBool:
		if !values[0].IsNull() {
			event.BoolField(id).Set(&sc.e, values[0].Boolean())
		}
	default:
		text := values[0].ByteArray()
		if len(text) == 0 {
			return
		}
		s := string(text)
		event.StringField(id).Set(&sc.e, s)
		if c.blob {
			sc.e.Raw = []byte(s)
		}
	}
}
