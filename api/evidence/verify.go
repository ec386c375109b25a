package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Flaw is a place where a file is not what was written.
type Flaw struct {
	Line   int64 // from 1
	Offset int64 // of the line's first byte
	Text   string
}

// Report is what a file turned out to be.
type Report struct {
	Header Header
	Rows   int64 // lines that are rows, whole or not
	// Hash of the last line as it stands in the file; "" where none has one.
	Hash string
	// Flaws in order; none means that the file is as it was written. At most
	// MaxFlaws are kept, and More counts the others.
	Flaws []Flaw
	More  int64
}

// MaxFlaws is how many flaws a report names.
const MaxFlaws = 20

// maxLine bounds a line: a row, its number and its hash.
const maxLine = maxRow + 1024

// Verify reads a file and says where it is not what was written. The error is
// one of reading; a file full of flaws is no error.
func Verify(in io.Reader) (*Report, error) {
	v := &verifier{r: bufio.NewReaderSize(in, 256<<10), report: &Report{}}
	for {
		line, ended, err := v.line()
		if err != nil {
			return nil, fmt.Errorf("evidence: %w", err)
		}
		if len(line) == 0 && !ended {
			break
		}
		v.n++
		switch {
		case v.over:
			v.flaw("a line after the end: it was added")
		case len(line) > maxLine:
			v.flaw("the line is longer than any that can have been written")
			v.have = false
		default:
			v.check(line)
			if !ended {
				v.flaw("the file ends within this line")
			}
		}
		v.offset += v.taken
		if !ended {
			break
		}
	}
	if !v.over {
		v.n++
		v.flaw("the end is missing: lines were cut off")
	}
	return v.report, nil
}

type verifier struct {
	r      *bufio.Reader
	buf    []byte
	taken  int64 // bytes of the line read last
	n      int64 // its number
	offset int64
	last   chain // hash stated by the line before
	have   bool  // that line stated one
	row    int64 // number of the last row
	over   bool  // the trailer was seen
	report *Report
}

// line returns the next line without its end, cut off a little beyond
// maxLine, and whether it had an end. It is empty and without an end at the
// end of the file.
func (v *verifier) line() (line []byte, ended bool, err error) {
	v.buf, v.taken = v.buf[:0], 0
	for {
		part, err := v.r.ReadSlice('\n')
		v.taken += int64(len(part))
		if len(v.buf) <= maxLine {
			v.buf = append(v.buf, part...)
		}
		switch {
		case err == nil:
			return bytes.TrimSuffix(v.buf, []byte("\n")), true, nil
		case errors.Is(err, io.EOF):
			return v.buf, false, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, err
		}
	}
}

func (v *verifier) flaw(format string, args ...any) {
	if len(v.report.Flaws) == MaxFlaws {
		v.report.More++
		return
	}
	v.report.Flaws = append(v.report.Flaws, Flaw{v.n, v.offset, fmt.Sprintf(format, args...)})
}

// check judges one line by itself and by the hash of the line before.
func (v *verifier) check(line []byte) {
	body, stated, err := open(line)
	if err != nil {
		v.flaw("the line was changed: %v", err)
		v.have = false
		if v.n > 1 {
			v.row++
			v.report.Rows++
		}
		return
	}
	fits := (v.n == 1 || v.have) && v.last.next(body) == stated
	if v.n > 1 && !v.have {
		fits = true // what it follows is not known, and was told
	}
	v.last, v.have = stated, true
	v.report.Hash = stated.String()
	if v.n == 1 {
		v.header(body, fits)
		return
	}
	v.follower(body, fits)
}

func (v *verifier) header(body []byte, fits bool) {
	var h Header
	if err := json.Unmarshal(object(body), &h); err != nil || h.Schema != Schema {
		v.flaw("the first line is no header of %s: lines are missing before it, or it was changed", Schema)
		return
	}
	v.report.Header = h
	if !fits {
		v.flaw("the header was changed")
	}
}

// follower judges a row or the trailer by its number and by whether its hash
// follows from the line before.
func (v *verifier) follower(body []byte, fits bool) {
	var end trailer
	if json.Unmarshal(object(body), &end) == nil && end.End {
		v.over = true
		if end.Rows != v.row {
			v.flaw("the end counts %d rows and %d came: rows are missing or were added", end.Rows, v.row)
		} else if !fits {
			v.flaw("the end does not follow from the line before: one of the two was changed")
		}
		return
	}
	v.report.Rows++
	want := v.row + 1
	var r row
	if err := json.Unmarshal(object(body), &r); err != nil {
		v.row = want
		v.flaw("the row was changed: it is no row any more")
		return
	}
	switch {
	case r.N > want:
		v.flaw("row %d stands where row %d should: rows are missing before it, or were moved", r.N, want)
	case r.N < want:
		v.flaw("row %d stands where row %d should: it was added, or moved", r.N, want)
	case !fits:
		v.flaw("row %d was changed, or the line before it was changed together with its hash", r.N)
	}
	v.row = r.N
}
