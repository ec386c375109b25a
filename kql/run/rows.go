package run

import "github.com/lynceus-io/lynceus/kql/value"

// Rows are the rows of an answer. They are for one goroutine.
type Rows interface {
	// Next reads the next row into dst, which has a place for each column;
	// false at the end or on an error.
	Next(dst []value.Value) bool
	// Err is what ended the rows, nil for the end.
	Err() error
	// Close releases what the rows hold; it may be called at any time, and
	// more than once.
	Close() error
}

// table is rows kept in memory.
type table struct {
	rows  [][]value.Value
	arena []value.Value // room for the next rows
}

// arenaRows is how many rows share an allocation.
const arenaRows = 256

// add keeps a copy of row.
func (t *table) add(row []value.Value) []value.Value {
	w := len(row)
	if len(t.arena) < w {
		t.arena = make([]value.Value, arenaRows*w)
	}
	kept := t.arena[:w:w]
	t.arena = t.arena[w:]
	copy(kept, row)
	t.rows = append(t.rows, kept)
	return kept
}

// rowSize is roughly what a kept row takes.
func rowSize(row []value.Value) int64 {
	const header = 24
	n := int64(header)
	for i := range row {
		n += int64(row[i].Size())
	}
	return n
}

// list gives the rows of a table one after another.
type list struct {
	step
	rows [][]value.Value
	i    int
}

func (l *list) Next(dst []value.Value) bool {
	if l.i >= len(l.rows) || l.stopped() {
		return false
	}
	copy(dst, l.rows[l.i])
	l.i++
	return true
}

// step is what every operator has: the run that it belongs to, the error that
// ended it, its inputs and the memory that it holds.
type step struct {
	*execution
	err    error
	in     []Rows
	held   int64
	n      uint
	closed bool
}

// Err returns the first error of the operator or its inputs.
func (s *step) Err() error {
	if s.err != nil {
		return s.err
	}
	for _, in := range s.in {
		if err := in.Err(); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the inputs and gives back memory.
func (s *step) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.release()
	var first error
	for _, in := range s.in {
		if err := in.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// release gives back the memory that the operator holds.
func (s *step) release() {
	s.used -= s.held
	s.held = 0
}

// hold takes memory; false where there is no more, with err set.
func (s *step) hold(bytes int64) bool {
	s.held += bytes
	s.used += bytes
	if s.used > s.max {
		s.err = s.tooMuch()
		return false
	}
	return true
}

// stopped reports whether the operator must not go on: an error, a function
// that ended the query, or a cancelled context, which is looked at now and
// then. It is called before a row is read; since the operators below call it
// before any of them computes, what functions make is counted for each row of
// the whole pipeline.
func (s *step) stopped() bool {
	if s.err != nil || s.closed {
		return true
	}
	if s.fn.Err != nil {
		s.err = s.fn.Err
		return true
	}
	s.fn.Made = 0
	if s.n++; s.n%256 == 0 {
		s.err = s.ctx.Err()
	}
	return s.err != nil
}

// keepAll reads all of in into memory; false on an error, with err set.
func (s *step) keepAll(in Rows, width int) (*table, bool) {
	t := &table{}
	row := make([]value.Value, width)
	for in.Next(row) {
		if s.stopped() || !s.hold(rowSize(row)) {
			return nil, false
		}
		t.add(row)
	}
	if s.err = in.Err(); s.err == nil {
		s.err = s.fn.Err
	}
	return t, s.err == nil
}
