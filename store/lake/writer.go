package lake

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// A row group ends at this many rows or bytes of text, whichever comes first:
// readers hold one in memory.
const (
	maxGroupRows  = 1 << 16
	maxGroupBytes = 32 << 20
)

// Keys of a segment's key-value metadata.
const (
	keyFormat   = "lynceus.format"   // formatVersion
	keyTable    = "lynceus.table"    // event.Class.String
	keyReplaces = "lynceus.replaces" // of a merged segment: the names of those it was merged from, by lines
	keyCommit   = "lynceus.commit"   // of an appended one: how many files its commit has
)

// segmentWriter writes a segment and collects its filters. Values are given
// column by column, all columns of some rows before the next rows.
type segmentWriter struct {
	table   *table
	out     checksumWriter
	w       *parquet.GenericWriter[any]
	columns []*parquet.ColumnWriter

	filters   filterWriter
	equal     []int // by column: place in filters.entries, -1 for none
	grams     []int
	words     []parquet.Dictionary // by column: distinct texts of the row group, nil where there is no dictionary
	values    []valueSet           // by column, where there is no dictionary
	gramSets  []gramSet
	fold      []byte
	groupRows int
	groupSize int64
	stats     segmentStats
}

// segmentStats are what the manifest says about a segment's rows. Times are
// microseconds since 1970; min is above max when no row has one.
type segmentStats struct {
	rows                     int64
	minTime, maxTime         int64
	minReceived, maxReceived int64
	open, amending           int64
}

func newStats() segmentStats {
	return segmentStats{minTime: math.MaxInt64, maxTime: math.MinInt64, minReceived: math.MaxInt64, maxReceived: math.MinInt64}
}

// newSegmentWriter returns a writer that can be used for one segment after
// another, each started by reset.
//
// Appended segments have no grams of whole documents: collecting them takes
// as long as everything else about a request, segments are merged soon, and
// what is not merged yet is little to read.
func newSegmentWriter(t *table, merged bool) *segmentWriter {
	s := &segmentWriter{table: t, words: make([]parquet.Dictionary, len(t.columns))}
	fields := make([]*event.Field, len(t.columns))
	for i, c := range t.columns {
		fields[i] = c.field
	}
	schema := schemaOf(t.class, fields, parquet.Leaf(textType{parquet.String().Type(), s.words}))
	s.w = parquet.NewGenericWriter[any](io.Discard, append(t.writerOptions(schema, merged),
		parquet.KeyValueMetadata(keyFormat, strconv.Itoa(formatVersion)), parquet.KeyValueMetadata(keyTable, t.class.String()))...)
	s.columns = s.w.ColumnWriters()
	s.values, s.gramSets = make([]valueSet, len(t.columns)), make([]gramSet, len(t.columns))
	for i, c := range t.columns {
		s.equal, s.grams = append(s.equal, -1), append(s.grams, -1)
		if c.equal {
			s.equal[i] = len(s.filters.entries)
			s.filters.entries = append(s.filters.entries, filterEntry{column: c.name, kind: kindEqual})
		}
		if c.grams && (merged || !c.blob) {
			s.grams[i] = len(s.filters.entries)
			s.filters.entries = append(s.filters.entries, filterEntry{column: c.name, kind: kindGrams})
		}
	}
	return s
}

// reset starts a segment that is written to out.
func (s *segmentWriter) reset(out io.Writer) {
	s.out = checksumWriter{out: out}
	s.w.Reset(&s.out)
	s.filters.reset()
	for i := range s.values {
		s.values[i].reset()
		s.gramSets[i].reset()
	}
	s.groupRows, s.groupSize, s.stats = 0, 0, newStats()
}

// writeColumn writes the values of column i of some rows.
func (s *segmentWriter) writeColumn(i int, values []parquet.Value) error {
	filtered := s.equal[i] >= 0 || s.grams[i] >= 0
	switch c := &s.table.columns[i]; {
	case filtered && s.words[i] == nil:
		s.collect(i, values)
	case filtered, c.blob:
		for j := range values {
			s.groupSize += int64(len(values[j].ByteArray()))
		}
	}
	switch i {
	case s.table.time:
		s.stats.minTime, s.stats.maxTime = bounds(values, s.stats.minTime, s.stats.maxTime)
	case s.table.received:
		s.stats.minReceived, s.stats.maxReceived = bounds(values, s.stats.minReceived, s.stats.maxReceived)
	}
	if _, err := s.columns[i].WriteRowValues(values); err != nil {
		return fmt.Errorf("column %s: %w", s.table.columns[i].name, err)
	}
	return nil
}

// writeNone writes n rows that have no value in column i.
func (s *segmentWriter) writeNone(i, n int) error {
	if _, err := s.columns[i].WriteRowValues(s.table.columns[i].none(n)); err != nil {
		return fmt.Errorf("column %s: %w", s.table.columns[i].name, err)
	}
	return nil
}

// endPage ends the page of column i.
func (s *segmentWriter) endPage(i int) error { return s.columns[i].Flush() }

// collect adds texts to the filters of column i.
func (s *segmentWriter) collect(i int, values []parquet.Value) {
	set := &s.values[i]
	once := !s.table.columns[i].blob // whole documents do not come twice
	last := set.last
	for j := range values {
		text := values[j].ByteArray()
		s.groupSize += int64(len(text))
		if len(text) == 0 || once && bytes.Equal(text, last) {
			continue
		}
		var hash uint64
		if once {
			last = text
			if hash = valueHash(text); !set.add(hash) {
				continue
			}
		}
		s.filter(i, text, hash)
	}
	if once {
		set.last = append(set.last[:0], last...) // the values are the caller's
	}
}

// collectWords adds the distinct texts of column i to its filters.
func (s *segmentWriter) collectWords(i int) {
	words := s.words[i]
	for j := range int32(words.Len()) {
		if text := words.Index(j).ByteArray(); len(text) > 0 {
			s.filter(i, text, 0)
		}
	}
}

// filter adds a text of column i, whose hash is 0 where it is not known, to its
// filters.
func (s *segmentWriter) filter(i int, text []byte, hash uint64) {
	s.fold = appendFold(s.fold[:0], text)
	if s.equal[i] >= 0 {
		if hash == 0 || !bytes.Equal(s.fold, text) {
			hash = valueHash(s.fold)
		}
		s.values[i].folds = append(s.values[i].folds, hash)
	}
	if s.grams[i] >= 0 {
		s.gramSets[i].add(s.fold)
	}
}

// endRows ends rows whose columns were all written, and the row group when it
// is full.
func (s *segmentWriter) endRows(n int) error {
	s.stats.rows += int64(n)
	s.groupRows += n
	if s.groupRows >= maxGroupRows || s.groupSize >= maxGroupBytes {
		return s.endGroup()
	}
	return nil
}

// endGroup ends the row group.
func (s *segmentWriter) endGroup() error {
	if s.groupRows == 0 {
		return nil
	}
	for i := range s.table.columns {
		if s.words[i] != nil && (s.equal[i] >= 0 || s.grams[i] >= 0) {
			s.collectWords(i)
		}
		if e := s.equal[i]; e >= 0 {
			at := len(s.filters.data)
			s.filters.data = s.values[i].appendFilter(s.filters.data)
			s.filters.put(e, at, true)
		}
		if e := s.grams[i]; e >= 0 {
			at, known := len(s.filters.data), false
			s.filters.data, known = s.gramSets[i].appendFilter(s.filters.data)
			s.filters.put(e, at, known)
		}
	}
	s.filters.groups++
	s.groupRows, s.groupSize = 0, 0
	return s.w.Flush()
}

// close ends the segment and returns the bytes of its file of filters, valid
// until the next reset.
func (s *segmentWriter) close(key, value string) ([]byte, error) {
	if err := s.endGroup(); err != nil {
		return nil, err
	}
	s.w.SetKeyValueMetadata(key, value)
	if err := s.w.Close(); err != nil {
		return nil, err
	}
	return s.filters.finish(), nil
}

// bounds widens the range by values.
func bounds(values []parquet.Value, least, most int64) (int64, int64) {
	for j := range values {
		if values[j].IsNull() {
			continue
		}
		v := values[j].Int64()
		least, most = min(least, v), max(most, v)
	}
	return least, most
}

// checksumWriter counts and sums what goes through it.
type checksumWriter struct {
	out io.Writer
	n   int64
	crc uint32
}

func (c *checksumWriter) Write(p []byte) (int, error) {
	n, err := c.out.Write(p)
	c.n += int64(n)
	c.crc = crc32.Update(c.crc, crcTable, p[:n])
	return n, err
}
