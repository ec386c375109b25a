package lake

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// rows returns the rows of a column that hold what is wanted, in order. The
// column has one value a row.
func (w *wanted) rows(chunk parquet.ColumnChunk) (out []int32, err error) {
	pages := chunk.Pages()
	defer pages.Close() // it was only read
	var of []bool       // of the dictionary's texts, which are wanted
	var buf []parquet.Value
	for first := int32(0); ; {
		p, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		if d := p.Dictionary(); d != nil {
			if of == nil {
				if of = w.among(d); of == nil {
					parquet.Release(p)
					return nil, nil
				}
			}
			data := p.Data()
			for i, at := range data.Int32() {
				if of[at] {
					out = append(out, first+int32(i))
				}
			}
		} else {
			if buf == nil {
				buf = make([]parquet.Value, 1024)
			}
			row := first
			for r := p.Values(); ; {
				n, err := r.ReadValues(buf)
				for i := range buf[:n] {
					if w.has(buf[i].ByteArray()) {
						out = append(out, row)
					}
					row++
				}
				if errors.Is(err, io.EOF) {
					break
				}
				if err == nil && n == 0 {
					err = io.ErrNoProgress
				}
				if err != nil {
					parquet.Release(p)
					return nil, fmt.Errorf("%w: %w", errDamaged, err)
				}
			}
		}
		first += int32(p.NumRows())
		parquet.Release(p)
	}
}

// among says for each text of a dictionary whether it is wanted; nil when
// none is.
func (w *wanted) among(d parquet.Dictionary) []bool {
	of, found := make([]bool, d.Len()), false
	for i := range of {
		if w.has(d.Index(int32(i)).ByteArray()) {
			of[i], found = true, true
		}
	}
	if !found {
		return nil
	}
	return of
}

// valuesAt returns the values of some rows of a column, in memory of their
// own. Only the pages that hold them are read.
func valuesAt(chunk parquet.ColumnChunk, rows []int32, isList bool) ([][]parquet.Value, error) {
	// Once it is read, the place of a page is known without those before it.
	if _, err := chunk.OffsetIndex(); err != nil && !errors.Is(err, parquet.ErrMissingOffsetIndex) {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	pages := chunk.Pages()
	defer pages.Close() // it was only read
	out := make([][]parquet.Value, len(rows))
	for i, row := range rows {
		if err := pages.SeekToRow(int64(row)); err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		p, err := pages.ReadPage()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		out[i], err = firstRow(p.Values(), isList)
		parquet.Release(p)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// firstRow returns the values of the first row that r reads.
func firstRow(r parquet.ValueReader, isList bool) (out []parquet.Value, err error) {
	var buf [16]parquet.Value
	window := buf[:1]
	if isList {
		window = buf[:]
	}
	for {
		n, err := r.ReadValues(window)
		for _, v := range window[:n] {
			if len(out) > 0 && v.RepetitionLevel() == 0 {
				return out, nil
			}
			out = append(out, v.Clone())
		}
		switch {
		case len(out) > 0 && (!isList || errors.Is(err, io.EOF)):
			return out, nil
		case err != nil:
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		case n == 0:
			return nil, fmt.Errorf("%w: %w", errDamaged, io.ErrNoProgress)
		}
	}
}
