package output

import (
	"bytes"
	"io"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// jsonRows writes an array of objects, one object on each line, so that jq
// and grep both read it.
type jsonRows struct {
	w     io.Writer
	names [][]byte
	some  bool
	line  []byte
}

// Begin implements AnswerWriter.
func (j *jsonRows) Begin(cols []plan.Column, _ hunt.Render) error {
	for i, c := range cols {
		name := []byte{'{'}
		if i > 0 {
			name[0] = ','
		}
		name = hunt.AppendValue(name, value.String(c.Name))
		j.names = append(j.names, append(name, ':'))
	}
	return nil
}

// Row implements AnswerWriter.
func (j *jsonRows) Row(row []value.Value) error {
	j.line = append(j.line[:0], "[\n"...)
	if j.some {
		j.line = append(j.line[:0], ",\n"...)
	}
	j.some = true
	for i, v := range row {
		j.line = hunt.AppendValue(append(j.line, j.names[i]...), v)
	}
	_, err := j.w.Write(append(j.line, '}'))
	return err
}

// End implements AnswerWriter.
func (j *jsonRows) End() error {
	text := "\n]\n"
	if !j.some {
		text = "[]\n"
	}
	_, err := io.WriteString(j.w, text)
	return err
}

// csvRows writes RFC 4180.
type csvRows struct {
	w    io.Writer
	line []byte
}

// Begin implements AnswerWriter.
func (c *csvRows) Begin(cols []plan.Column, _ hunt.Render) error {
	_, err := c.w.Write(cleanControls(hunt.AppendCSVHeader(nil, cols)))
	return err
}

// Row implements AnswerWriter.
func (c *csvRows) Row(row []value.Value) error {
	c.line = hunt.AppendCSV(c.line[:0], row)
	_, err := c.w.Write(cleanControls(c.line))
	return err
}

// End implements AnswerWriter.
func (c *csvRows) End() error { return nil }

// cleanControls takes the escape character out of a line that may be shown on
// a terminal: CSV has no way to write it that every reader knows.
func cleanControls(line []byte) []byte {
	return bytes.ReplaceAll(line, []byte{0x1b}, []byte("\ufffd"))
}
