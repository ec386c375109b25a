package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// rows decodes an answer in the format RowBinaryWithNamesAndTypes: integers
// and floats arrive bit for bit, and each column tells its type.
type rows struct {
	body   io.ReadCloser
	in     *binaryReader
	decode []decoder // one for each column of the answer
	cols   []plan.Column
	// none means that no column was asked for, and one came all the same.
	none bool
	err  error
	done bool

	ctx                       context.Context
	cancel                    context.CancelFunc
	scannedRows, scannedBytes int64
}

// newRows reads the names and types of the answer's columns.
func newRows(body io.ReadCloser, cols []plan.Column) (*rows, error) {
	r := &rows{body: body, in: newBinaryReader(body), cols: cols}
	n, err := r.in.uvarint()
	if err != nil {
		return nil, brokenOff(err)
	}
	want := cols
	if len(cols) == 0 && n == 1 {
		r.none = true
		want = []plan.Column{{Name: "nothing", Type: value.TypeLong}}
	}
	if n != uint64(len(want)) {
		return nil, fmt.Errorf("ClickHouse answered with %d columns instead of %d", n, len(want))
	}
	for range n {
		if _, err := r.in.text(); err != nil {
			return nil, brokenOff(err)
		}
	}
	for _, col := range want {
		name, err := r.in.text()
		if err != nil {
			return nil, brokenOff(err)
		}
		typ, err := parseType(name)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", col.Name, err)
		}
		d, err := decoderOf(typ, col.Type)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", col.Name, err)
		}
		r.decode = append(r.decode, d)
	}
	return r, nil
}

// Next reads the next row into dst, which has a place for each column.
func (r *rows) Next(dst []value.Value) bool {
	if r.done || r.err != nil {
		return false
	}
	if end, err := r.in.atEnd(); end || err != nil {
		r.done = end
		r.fail(err)
		return false
	}
	for i, d := range r.decode {
		v, err := d(r.in)
		if err != nil {
			if len(r.cols) > 0 && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				err = fmt.Errorf("column %s: %w", r.cols[i].Name, err)
			}
			r.fail(err)
			return false
		}
		if !r.none {
			dst[i] = v
		}
	}
	return true
}

// fail keeps the first error.
func (r *rows) fail(err error) {
	if err == nil || r.err != nil {
		return
	}
	if r.ctx != nil && r.ctx.Err() != nil {
		err = context.Cause(r.ctx)
	}
	r.err = brokenOff(err)
}

// brokenOff says what the end of an answer in the middle of it means.
func brokenOff(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: the answer broke off", ErrUnavailable)
	}
	return err
}

// Err is what ended the rows, nil for the end.
func (r *rows) Err() error { return r.err }

// Close drops the connection if rows are left, which ends the query.
func (r *rows) Close() error {
	r.done = true
	if r.cancel != nil {
		r.cancel()
	}
	return r.body.Close()
}

// Scanned returns how many rows and bytes the server read for the answer, 0
// where it does not tell.
func (r *rows) Scanned() (rows, bytes int64) { return r.scannedRows, r.scannedBytes }
