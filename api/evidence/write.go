package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// MaxBytes bounds the rows of one file: they are held to be put in order.
const MaxBytes = 512 << 20

// maxRow bounds one line, so that a reader needs no more memory than that.
const maxRow = 64 << 20

// ErrTooLarge says that the rows are more than one file takes.
var ErrTooLarge = errors.New("more rows than one evidence file takes; narrow the query or its time, and export in parts")

// Writer collects rows and writes them as evidence. It is for one goroutine.
type Writer struct {
	rows [][]byte
	size int64
	max  int64
}

// NewWriter returns a writer for at most MaxBytes of rows.
func NewWriter() *Writer { return &Writer{max: MaxBytes} }

// Add takes a row: a JSON array with a value for each column, in canonical
// form (no blanks). The bytes are copied.
func (w *Writer) Add(r []byte) error {
	if len(r) > maxRow {
		return fmt.Errorf("a row of %d bytes: %w", len(r), ErrTooLarge)
	}
	if w.size += int64(len(r)); w.size > w.max {
		return ErrTooLarge
	}
	w.rows = append(w.rows, bytes.Clone(r))
	return nil
}

// Sum is what a file says as a whole.
type Sum struct {
	Rows int64
	// Hash is that of the last line, in hexadecimal.
	Hash string
}

// WriteTo writes the file. The writer is of no further use.
func (w *Writer) WriteTo(out io.Writer, h Header) (Sum, error) {
	h.Schema = Schema
	h.Time, h.From, h.To = h.Time.UTC(), h.From.UTC(), h.To.UTC()
	if h.Params == nil {
		h.Params = map[string]string{}
	}
	if h.Notes == nil {
		h.Notes = []string{}
	}
	if h.Columns == nil {
		h.Columns = []Column{}
	}
	slices.SortFunc(w.rows, bytes.Compare)
	head, err := encode(h)
	if err != nil {
		return Sum{}, fmt.Errorf("evidence: %w", err)
	}
	var c chain
	line, c := c.seal(nil, head)
	if _, err := out.Write(line); err != nil {
		return Sum{}, fmt.Errorf("evidence: %w", err)
	}
	var body []byte
	for i, r := range w.rows {
		body = append(body[:0], `{"n":`...)
		body = strconv.AppendInt(body, int64(i)+1, 10)
		body = append(body, `,"row":`...)
		body = append(append(body, r...), '}')
		line, c = c.seal(line[:0], body)
		if _, err := out.Write(line); err != nil {
			return Sum{}, fmt.Errorf("evidence: %w", err)
		}
	}
	end, err := encode(trailer{true, int64(len(w.rows))})
	if err != nil {
		return Sum{}, fmt.Errorf("evidence: %w", err)
	}
	line, c = c.seal(line[:0], end)
	if _, err := out.Write(line); err != nil {
		return Sum{}, fmt.Errorf("evidence: %w", err)
	}
	return Sum{int64(len(w.rows)), c.String()}, nil
}
