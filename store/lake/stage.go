package lake

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// stageRows is how many rows are collected before they are written column by
// column: enough that the loop over one column's values is tight, few enough
// that all of them stay in the cache.
const stageRows = 512

// stageBytes is how much text is collected at most, but for the last row.
const stageBytes = 4 << 20

// stage holds rows in the form of columns until they are written. A column
// has values as far as the last row that gives it one; most rows give few
// columns a value.
type stage struct {
	table *table
	rows  int
	cols  []staged
	used  []bool // by column: some row has a value
	texts arena

	open, amending int64 // rows that may be amended, and that amend
}

// staged is what is collected of a column.
type staged struct {
	values []parquet.Value
	rows   int    // how many rows they are of
	last   []byte // the text before, among the stage's
}

func newStage(t *table) *stage {
	return &stage{table: t, cols: make([]staged, len(t.columns)), used: make([]bool, len(t.columns))}
}

// What rows without a value have, as many as there can be in a stage: empty
// texts, and nothing of all other types.
var (
	noTexts = slices.Repeat([]parquet.Value{parquet.ByteArrayValue(nil)}, stageRows)
	noNulls = slices.Repeat([]parquet.Value{parquet.NullValue().Level(0, 0, 0)}, stageRows)
)

// none returns what n rows without a value have in the column.
func (c *column) none(n int) []parquet.Value {
	switch c.field.Type {
	case event.TypeInt, event.TypeBool, event.TypeTime, event.TypeStrings:
		return noNulls[:n]
	}
	return noTexts[:n]
}

// add copies e as one row. received is what stands in received_time, in
// nanoseconds.
func (s *stage) add(e *event.Event, received int64) {
	for id, ok := e.Next(0); ok; id, ok = e.Next(id) {
		i := s.table.place(id)
		if i < 0 || i == s.table.received {
			continue
		}
		switch c := &s.table.columns[i]; c.field.Type {
		case event.TypeStrings:
			list, _ := e.List(id)
			at := s.reach(i)
			at.values = s.appendList(at.values, i, list)
		case event.TypeInt, event.TypeBool, event.TypeTime:
			v, _ := e.Number(id)
			at := s.reach(i)
			at.values = append(at.values, numberValue(c.field.Type, v, i))
		default:
			if text, _ := e.Text(id); text != "" {
				at := s.reach(i)
				if string(at.last) != text { // rows of one source have much in common
					at.last = s.texts.text(text)
				}
				at.values = append(at.values, parquet.ByteArrayValue(at.last))
			}
		}
	}
	if i := s.table.received; i >= 0 {
		at := s.reach(i)
		at.values = append(at.values, numberValue(event.TypeTime, received, i))
	}
	if i := s.table.raw; i >= 0 && s.cols[i].rows <= s.rows && len(e.Raw) > 0 {
		at := s.reach(i)
		at.values = append(at.values, parquet.ByteArrayValue(s.texts.bytes(e.Raw)))
	}
	if isOpen(e) {
		s.open++
	}
	if n, _ := event.MetadataRevision.Get(e); n > 0 {
		s.amending++
	}
	s.rows++
}

// reach returns column i, with all rows before this one, to be given a value.
func (s *stage) reach(i int) *staged {
	at := &s.cols[i]
	s.used[i] = true
	s.fill(i, s.rows)
	at.rows++
	return at
}

// fill gives column i as many rows, those that it lacks without a value.
func (s *stage) fill(i, rows int) {
	at := &s.cols[i]
	if n := rows - at.rows; n > 0 {
		at.values = append(at.values, s.table.columns[i].none(n)...)
		at.rows = rows
	}
}

// appendList appends a list, whose levels are: 0 absent, 1 empty, 2 an
// element.
func (s *stage) appendList(dst []parquet.Value, column int, list []string) []parquet.Value {
	if len(list) == 0 {
		return append(dst, parquet.NullValue().Level(0, 1, column))
	}
	for j, word := range list {
		dst = append(dst, parquet.ByteArrayValue(s.texts.text(word)).Level(min(j, 1), 2, column))
	}
	return dst
}

// numberValue returns the stored form of a number: times in microseconds.
func numberValue(t event.Type, v int64, column int) parquet.Value {
	switch t {
	case event.TypeBool:
		return parquet.BooleanValue(v != 0).Level(0, 1, column)
	case event.TypeTime:
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

// writeTo writes the rows, of which all columns that have values are among
// those of w, and forgets them.
func (s *stage) writeTo(w *segmentWriter) error {
	if s.rows == 0 {
		return nil
	}
	for at := range w.table.columns {
		i := w.table.columns[at].whole
		if !s.used[i] {
			if err := w.writeNone(at, s.rows); err != nil {
				return err
			}
			continue
		}
		s.fill(i, s.rows)
		if err := w.writeColumn(at, s.cols[i].values); err != nil {
			return err
		}
	}
	n := s.rows
	w.stats.open += s.open
	w.stats.amending += s.amending
	s.reset()
	return w.endRows(n)
}

func (s *stage) reset() {
	s.rows, s.open, s.amending = 0, 0, 0
	for i := range s.cols {
		s.cols[i] = staged{values: s.cols[i].values[:0]}
	}
	clear(s.used)
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

// text copies a text. Bytes that are no UTF-8, which a program's arguments or a
// file's name may well hold, become U+FFFD: a reader of Parquet may refuse a
// whole file for one of them.
func (a *arena) text(s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	b := a.room(len(s))
	n := len(*b)
	*b = append(*b, s...)
	a.size += len(s)
	return (*b)[n:len(*b):len(*b)]
}

func (a *arena) bytes(s []byte) []byte {
	if !utf8.Valid(s) {
		s = bytes.ToValidUTF8(s, []byte("\uFFFD"))
	}
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
