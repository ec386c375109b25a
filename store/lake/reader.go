package lake

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// errDamaged says that a segment's bytes are not what was written.
var errDamaged = errors.New("the segment is damaged")

// columnData is the values of one column of one row group. They are valid
// until release.
type columnData struct {
	values []parquet.Value
	pages  []parquet.Page
	starts []int32 // of a list: where each row's values start, and the end; nil for one value a row
}

// release lets the pages go that the values point into.
func (c *columnData) release() {
	for _, p := range c.pages {
		parquet.Release(p)
	}
	*c = columnData{}
}

// row returns the values of row i.
func (c *columnData) row(i int32) []parquet.Value {
	if c.starts == nil {
		return c.values[i : i+1]
	}
	return c.values[c.starts[i]:c.starts[i+1]]
}

// readColumn reads leaf column i of a row group. Whatever is wrong with the
// file is errDamaged.
func readColumn(g parquet.RowGroup, i int, isList bool) (c columnData, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The decoders of hostile bytes may panic; to us that is damage.
			err = fmt.Errorf("%w: %v", errDamaged, p)
		}
		if err != nil {
			c.release()
		}
	}()
	chunk := g.ColumnChunks()[i]
	c.values = make([]parquet.Value, 0, min(chunk.NumValues(), 2*maxGroupRows))
	pages := chunk.Pages()
	defer pages.Close()
	for {
		p, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c, fmt.Errorf("%w: %w", errDamaged, err)
		}
		c.pages = append(c.pages, p)
		n := len(c.values)
		c.values = slices.Grow(c.values, int(p.NumValues()))[:n+int(p.NumValues())]
		read, err := readValues(p.Values(), c.values[n:])
		if err != nil {
			return c, fmt.Errorf("%w: %w", errDamaged, err)
		}
		c.values = c.values[:n+read]
	}
	return c, c.index(g.NumRows(), isList)
}

// readValues reads as many values as fit.
func readValues(r parquet.ValueReader, dst []parquet.Value) (n int, err error) {
	for n < len(dst) {
		k, err := r.ReadValues(dst[n:])
		n += k
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return n, err
		}
		if k == 0 {
			return n, io.ErrNoProgress
		}
	}
	return n, nil
}

// index finds where the rows start and checks that there are as many as the
// row group has.
func (c *columnData) index(rows int64, isList bool) error {
	have := int64(len(c.values))
	if isList {
		c.starts = make([]int32, 0, rows+1)
		for i := range c.values {
			if c.values[i].RepetitionLevel() == 0 {
				c.starts = append(c.starts, int32(i))
			}
		}
		have = int64(len(c.starts))
		c.starts = append(c.starts, int32(len(c.values)))
	}
	if have != rows {
		return fmt.Errorf("%w: a column has %d of %d rows", errDamaged, have, rows)
	}
	return nil
}

// segmentReader reads the columns of a segment by the names of a table.
type segmentReader struct {
	seg   *segment
	table *table
	file  io.Closer
	p     *parquet.File
	leaf  []int // by column of the table: leaf in the file, -1 for none
}

func (l *Lake) openSegment(s *segment, buffer int) (*segmentReader, error) {
	f, p, err := l.openData(s.name, buffer)
	if err != nil {
		return nil, err
	}
	t := l.tables[s.class]
	r := &segmentReader{seg: s, table: t, file: f, p: p, leaf: make([]int, len(t.columns))}
	for i := range r.leaf {
		r.leaf[i] = -1
	}
	for at, path := range p.Schema().Columns() {
		i, ok := t.byName[path[0]]
		if !ok {
			continue // of a release that knew more
		}
		node, _ := p.Schema().Lookup(path...)
		if node.Node == nil || !sameKind(node.Node, t.columns[i].field.Type) {
			f.Close() // it was only read
			return nil, fmt.Errorf("%w: column %s has another type than the table's", errDamaged, path[0])
		}
		r.leaf[i] = at
	}
	return r, nil
}

// sameKind reports whether a leaf of a file holds values of the type.
func sameKind(n parquet.Node, t event.Type) bool {
	switch kind := n.Type().Kind(); t {
	case event.TypeInt, event.TypeTime:
		return kind == parquet.Int64
	case event.TypeBool:
		return kind == parquet.Boolean
	default:
		return kind == parquet.ByteArray
	}
}

// column reads column i of the table; ok is false when the file has none.
func (r *segmentReader) column(g parquet.RowGroup, i int) (c columnData, ok bool, err error) {
	if i < 0 || r.leaf[i] < 0 {
		return columnData{}, false, nil
	}
	c, err = readColumn(g, r.leaf[i], r.table.columns[i].field.Type == event.TypeStrings)
	return c, err == nil, err
}

func (r *segmentReader) close() error { return r.file.Close() }

// absent is the value of a column that a row has not.
func absent(t event.Type, column int) parquet.Value {
	switch t {
	case event.TypeInt, event.TypeBool, event.TypeTime, event.TypeStrings:
		return parquet.NullValue().Level(0, 0, column)
	default:
		return parquet.ByteArrayValue(nil)
	}
}

// order returns the rows of a row group by (time, uid). Rows without time
// come first.
func order(rows int, times, uids *columnData) []int32 {
	out := make([]int32, rows)
	for i := range out {
		out[i] = int32(i)
	}
	slices.SortStableFunc(out, func(a, b int32) int {
		return cmp.Or(compareAt(times, a, b, compareTimes), compareAt(uids, a, b, compareTexts))
	})
	return out
}

func compareAt(c *columnData, a, b int32, f func(x, y *parquet.Value) int) int {
	if len(c.values) == 0 {
		return 0
	}
	return f(&c.values[a], &c.values[b])
}

func compareTimes(x, y *parquet.Value) int {
	if x.IsNull() || y.IsNull() {
		return cmp.Compare(btoi(!x.IsNull()), btoi(!y.IsNull()))
	}
	return cmp.Compare(x.Int64(), y.Int64())
}

func compareTexts(x, y *parquet.Value) int { return bytes.Compare(x.ByteArray(), y.ByteArray()) }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
