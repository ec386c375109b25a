package lake

import (
	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// stageRows is how many rows are collected before they are written column by
// column: enough that the loop over one column's values is tight, few enough
// that all of them stay in the cache.
const stageRows = 512

// stageBytes is how much text is collected at most, but for the last row.
const stageBytes = 4 << 20

// stage holds rows in the form of columns until they are written.
type stage struct {
	table *table
	rows  int
	cols  [][]parquet.Value
	texts arena
}

func newStage(t *table) *stage {
	return &stage{table: t, cols: make([][]parquet.Value, len(t.columns))}
}

// add copies e as one row. received is what stands in received_time, in
// nanoseconds.
func (s *stage) add(e *event.Event, received int64) {
	for i := range s.table.columns {
		c := &s.table.columns[i]
		id := c.field.ID
		switch c.field.Type {
		case event.TypeStrings:
			list, ok := e.List(id)
			s.cols[i] = s.appendList(s.cols[i], i, list, ok)
		case event.TypeInt, event.TypeBool, event.TypeTime:
			v, ok := e.Number(id)
			if i == s.table.received {
				v, ok = received, true
			}
			s.cols[i] = append(s.cols[i], numberValue(c.field.Type, v, ok, i))
		default:
			text, _ := e.Text(id)
			if c.blob && text == "" && len(e.Raw) > 0 {
				s.cols[i] = append(s.cols[i], parquet.ByteArrayValue(s.texts.bytes(e.Raw)))
				continue
			}
			s.cols[i] = append(s.cols[i], parquet.ByteArrayValue(s.texts.text(text)))
		}
	}
	s.rows++
}

// appendList appends a list, whose levels are: 0 absent, 1 empty, 2 an
// element.
func (s *stage) appendList(dst []parquet.Value, column int, list []string, ok bool) []parquet.Value {
	switch {
	case !ok:
		return append(dst, parquet.NullValue().Level(0, 0, column))
	case len(list) == 0:
		return append(dst, parquet.NullValue().Level(0, 1, column))
	}
	for j, word := range list {
		dst = append(dst, parquet.ByteArrayValue(s.texts.text(word)).Level(min(j, 1), 2, column))
	}
	return dst
}

// numberValue returns the stored form of a number: times in microseconds.
func numberValue(t event.Type, v int64, ok bool, column int) parquet.Value {
	switch {
	case !ok:
		return parquet.NullValue().Level(0, 0, column)
	case t == event.TypeBool:
		return parquet.BooleanValue(v != 0).Level(0, 1, column)
	case t == event.TypeTime:
		return parquet.Int64Value(micros(v)).Level(0, 1, column)
	}
	return parquet.Int64Value(v).Level(0, 1, column)
}

// micros returns nanoseconds as whole microseconds, rounded down.
func micros(ns int64) int64 {
	us := ns / 1000
	if ns%1000 < 0 {
		us--
	}
	return us
}

// full reports whether the rows should be written.
func (s *stage) full() bool { return s.rows >= stageRows || s.texts.size >= stageBytes }

// writeTo writes the rows and forgets them.
func (s *stage) writeTo(w *segmentWriter) error {
	if s.rows == 0 {
		return nil
	}
	for i := range s.cols {
		if err := w.writeColumn(i, s.cols[i]); err != nil {
			return err
		}
	}
	n := s.rows
	s.reset()
	return w.endRows(n)
}

func (s *stage) reset() {
	s.rows = 0
	for i := range s.cols {
		s.cols[i] = s.cols[i][:0]
	}
	s.texts.reset()
}

// arena is memory for texts that are forgotten together.
type arena struct {
	blocks [][]byte // the last one in use is at
	at     int
	size   int // bytes of all texts
}

// arenaBlock is the size of a block; larger texts get one of their own, which
// is not kept.
const arenaBlock = 256 << 10

func (a *arena) text(s string) []byte {
	b := a.room(len(s))
	n := len(*b)
	*b = append(*b, s...)
	a.size += len(s)
	return (*b)[n:len(*b):len(*b)]
}

func (a *arena) bytes(s []byte) []byte {
	b := a.room(len(s))
	n := len(*b)
	*b = append(*b, s...)
	a.size += len(s)
	return (*b)[n:len(*b):len(*b)]
}

// room returns a block into which n more bytes fit.
func (a *arena) room(n int) *[]byte {
	if n > arenaBlock {
		large := make([]byte, 0, n)
		return &large
	}
	if a.at < len(a.blocks) && cap(a.blocks[a.at])-len(a.blocks[a.at]) < n {
		a.at++
	}
	if a.at == len(a.blocks) {
		a.blocks = append(a.blocks, make([]byte, 0, arenaBlock))
	}
	return &a.blocks[a.at]
}

func (a *arena) reset() {
	for i := range a.blocks[:min(a.at+1, len(a.blocks))] {
		a.blocks[i] = a.blocks[i][:0]
	}
	a.at, a.size = 0, 0
}
