package lake

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// merger copies the events of segments into one, row group by row group:
// pieces (row groups of sources) that together make a row group are read
// column by column, put in the order of (time, uid) and written. At no time
// is more than one column of one row group in memory decoded.
type merger struct {
	lake    *Lake
	table   *table
	w       *segmentWriter
	sources []source
	dropped int64 // superseded rows left out

	openRows, amending int64
	gone               map[uidKey]int64 // by event: how many of its revisions were left out
}

// source is one segment that is merged.
type source struct {
	r    *segmentReader
	drop []bool // by row, nil when none is left out
}

// piece is one row group of a source.
type piece struct {
	src   int
	group parquet.RowGroup
	first int64 // row of the source at which it starts
}

// runBytes is how much of its pieces' uncompressed size a row group has.
const runBytes = 32 << 20

// open opens the sources and decides which of their rows are superseded. The
// witnesses are the segments outside the batch that say so.
func (m *merger) open(ctx context.Context, batch []*segment, hour int64) (witnesses []*segment, err error) {
	mayDrop := false
	for i, s := range batch {
		// What is merged gets a new checksum: damage must not.
		if err := m.lake.checkData(s, true); err != nil {
			return nil, &damageError{s, err}
		}
		if m.sources[i].r, err = m.lake.openSegment(s, readBuffer); err != nil {
			return nil, &damageError{s, err}
		}
		mayDrop = mayDrop || s.open > 0
	}
	m.gone = map[uidKey]int64{}
	if !mayDrop {
		return nil, nil
	}
	m.lake.mu.Lock()
	// What supersedes an event was received in its hour or later.
	for _, s := range m.lake.live[m.table.class] {
		if s.amending > 0 && s.hour >= hour && !slices.Contains(batch, s) {
			witnesses = append(witnesses, s)
		}
	}
	m.lake.mu.Unlock()
	latest, err := m.lake.readRevisions(ctx, slices.Concat(batch, witnesses), func(s *segment, err error) error { return &damageError{s, err} })
	if err != nil {
		return nil, err
	}
	if len(latest) == 0 {
		return nil, nil
	}
	for i, s := range batch {
		if s.open == 0 {
			continue
		}
		if err := m.sources[i].mark(latest, m.gone); err != nil {
			return nil, &damageError{s, err}
		}
	}
	return witnesses, nil
}

// columns says by column which some source has.
func (m *merger) columns() []bool {
	has := make([]bool, len(m.table.columns))
	for i := range m.sources {
		for j, leaf := range m.sources[i].r.leaf {
			has[j] = has[j] || leaf >= 0
		}
	}
	return has
}

// mark finds the rows that a higher revision supersedes, and counts them by
// event.
func (s *source) mark(latest revisions, gone map[uidKey]int64) error {
	s.drop = make([]bool, 0, s.r.seg.rows)
	for _, g := range s.r.p.RowGroups() {
		uids, ok, err := s.r.column(g, s.r.table.uid)
		if err != nil {
			return err
		}
		revs, _, err := s.r.column(g, s.r.table.revision)
		if err != nil {
			uids.release()
			return err
		}
		for i := range int(g.NumRows()) {
			revision := int64(0)
			if len(revs.values) > 0 && !revs.values[i].IsNull() {
				revision = revs.values[i].Int64()
			}
			drop := ok && latest.supersedes(uids.values[i].ByteArray(), revision)
			if drop {
				gone[keyOf(uids.values[i].ByteArray())]++
			}
			s.drop = append(s.drop, drop)
		}
		uids.release()
		revs.release()
	}
	return nil
}

func (m *merger) close() {
	for _, s := range m.sources {
		if s.r != nil {
			s.r.close() // it was only read
		}
	}
}

// run writes the segment and returns the bytes of its filters.
func (m *merger) run(ctx context.Context, batch []*segment) ([]byte, error) {
	var pieces []piece
	var rows, size int64
	for i := range m.sources {
		first := int64(0)
		p := m.sources[i].r.p
		for j, g := range p.RowGroups() {
			bytes := p.Metadata().RowGroups[j].TotalByteSize // uncompressed
			if len(pieces) > 0 && (rows+g.NumRows() > maxGroupRows || size+bytes > runBytes) {
				if err := m.group(ctx, pieces); err != nil {
					return nil, err
				}
				pieces, rows, size = pieces[:0], 0, 0
			}
			pieces = append(pieces, piece{i, g, first})
			first += g.NumRows()
			rows, size = rows+g.NumRows(), size+bytes
		}
	}
	if err := m.group(ctx, pieces); err != nil {
		return nil, err
	}
	return m.w.close(keyReplaces, namesOf(batch))
}

// place is one row of the row group that is made.
type place struct {
	time  int64
	piece int32
	row   int32
}

// group merges pieces into one row group.
func (m *merger) group(ctx context.Context, pieces []piece) error {
	places, err := m.order(pieces)
	if err != nil || len(places) == 0 {
		return err
	}
	data := make([]columnData, len(pieces))
	defer func() {
		for i := range data {
			data[i].release()
		}
	}()
	var buf []parquet.Value
	for at := range m.w.table.columns {
		if err := ctx.Err(); err != nil {
			return err
		}
		i := m.w.table.columns[at].whole
		for j, p := range pieces {
			data[j].release()
			if data[j], _, err = m.sources[p.src].r.column(p.group, i); err != nil {
				return &damageError{m.sources[p.src].r.seg, err}
			}
		}
		if buf, err = m.column(at, places, data, buf); err != nil {
			return err
		}
	}
	if err := m.count(pieces, places, data); err != nil {
		return err
	}
	m.w.stats.rows += int64(len(places))
	m.w.groupRows = len(places)
	return m.w.endGroup()
}

// gather is how many rows of a column are written at a time, and pageRows how
// many a page has at most: a reader that wants a few rows of a row group reads
// a page of each column, not all of it.
const (
	gather   = 1024
	pageRows = 8 * gather
)

// column writes one column of the places: that at a place of the writer's table.
func (m *merger) column(at int, places []place, data []columnData, buf []parquet.Value) ([]parquet.Value, error) {
	i := m.w.table.columns[at].whole
	none := absent(m.table.columns[i].field.Type, i)
	for written := 0; len(places) > 0; {
		n := min(gather, len(places))
		buf = buf[:0]
		for _, p := range places[:n] {
			c := &data[p.piece]
			switch {
			case len(c.pages) == 0:
				buf = append(buf, none)
			case c.starts == nil:
				buf = append(buf, c.values[p.row])
			default:
				buf = append(buf, c.row(p.row)...)
			}
		}
		switch i {
		case m.table.stage:
			m.openRows += countOpen(buf)
		case m.table.awaits:
			m.openRows += countAwaiting(buf)
		}
		if err := m.w.writeColumn(at, buf); err != nil {
			return buf, err
		}
		places = places[n:]
		if written += n; written%pageRows == 0 {
			if err := m.w.endPage(at); err != nil {
				return buf, err
			}
		}
	}
	return buf, nil
}

// order returns the rows of the pieces that stay, by (time, uid).
func (m *merger) order(pieces []piece) ([]place, error) {
	var out []place
	uids := make([]columnData, len(pieces))
	defer func() {
		for i := range uids {
			uids[i].release()
		}
	}()
	for j, p := range pieces {
		src := &m.sources[p.src]
		times, ok, err := src.r.column(p.group, m.table.time)
		if err != nil {
			return nil, &damageError{src.r.seg, err}
		}
		for i := range int(p.group.NumRows()) {
			if src.drop != nil && src.drop[p.first+int64(i)] {
				m.dropped++
				continue
			}
			at := place{piece: int32(j), row: int32(i)}
			if ok && !times.values[i].IsNull() {
				at.time = times.values[i].Int64()
			}
			out = append(out, at)
		}
		times.release()
		if uids[j], _, err = src.r.column(p.group, m.table.uid); err != nil {
			return nil, &damageError{src.r.seg, err}
		}
	}
	text := func(p *place) []byte {
		if c := &uids[p.piece]; len(c.values) > 0 {
			return c.values[p.row].ByteArray()
		}
		return nil
	}
	slices.SortFunc(out, func(a, b place) int {
		if a.time != b.time {
			return cmp.Compare(a.time, b.time)
		}
		return cmp.Or(bytes.Compare(text(&a), text(&b)), cmp.Compare(a.piece, b.piece), cmp.Compare(a.row, b.row))
	})
	return out, nil
}

// count adds what the manifest says about rows that may be superseded and
// may supersede. An event whose earlier revisions were all left out here
// supersedes nothing any more.
func (m *merger) count(pieces []piece, places []place, data []columnData) (err error) {
	if c := m.table.class; c == event.ClassFinding || c == event.ClassIncident {
		m.openRows += int64(len(places))
	}
	for j, p := range pieces {
		src := &m.sources[p.src]
		if src.r.seg.amending == 0 {
			continue
		}
		data[j].release()
		if data[j], _, err = src.r.column(p.group, m.table.revision); err != nil {
			return &damageError{src.r.seg, err}
		}
		uids, _, err := src.r.column(p.group, m.table.uid)
		if err != nil {
			return &damageError{src.r.seg, err}
		}
		for i := range data[j].values {
			if v := &data[j].values[i]; v.IsNull() || v.Int64() <= 0 || src.drop != nil && src.drop[p.first+int64(i)] {
				continue
			}
			if m.gone[keyOf(uids.values[i].ByteArray())] < data[j].values[i].Int64() {
				m.amending++
			}
		}
		uids.release()
	}
	return nil
}
