package inventory

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxLine bounds a line of a recording, in bytes. etcd takes objects of up to
// 1.5 MiB unless told otherwise, in a form that is denser than JSON.
const MaxLine = 8 << 20

// Encoder writes a recorded inventory: one object a line, in JSON.
type Encoder struct{ w io.Writer }

// NewEncoder returns an Encoder that writes to w, one Write a line.
func NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w} }

// Encode writes an object.
func (e *Encoder) Encode(o *Object) error {
	if err := o.Check(); err != nil {
		return err
	}
	b, err := json.Marshal(lineOf(o))
	if err != nil {
		return fmt.Errorf("object %s %.80q: %w", o.Kind, o.Name, err)
	}
	if len(b) >= MaxLine {
		return fmt.Errorf("object %s %.80q makes a line of %d bytes; the limit is %d", o.Kind, o.Name, len(b), MaxLine)
	}
	_, err = e.w.Write(append(b, '\n'))
	return err
}

// Decoder reads what an Encoder wrote. Members that it does not know are
// passed over, as later versions may write more.
type Decoder struct {
	r    *bufio.Reader
	line int
	buf  []byte
}

// NewDecoder returns a Decoder that reads from r.
func NewDecoder(r io.Reader) *Decoder { return &Decoder{r: bufio.NewReaderSize(r, 64<<10)} }

// LineError is what is wrong with a line of a recording. The lines after it
// can be read.
type LineError struct {
	Line int // from 1
	Err  error
}

// Error implements error.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap implements errors.Unwrap.
func (e *LineError) Unwrap() error { return e.Err }

// Decode reads the next object; o shares no memory with what is read after.
// At the end the error is io.EOF. A *LineError says that the line is no
// object; it is passed over, and Decode may be called again. A last line that
// does not end and is no object yet is taken for one that is still being
// written: that is the end, too.
func (d *Decoder) Decode(o *Object) error {
	for {
		text, whole, err := d.next()
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		var l line
		err = json.Unmarshal(text, &l)
		if err == nil {
			err = l.object(o)
		}
		var syntax *json.SyntaxError
		switch {
		case err == nil:
			return nil
		case !whole && errors.As(err, &syntax):
			return io.EOF
		}
		return &LineError{Line: d.line, Err: err}
	}
}

// next returns the next line, and whether it ended. Its memory is good until
// the next call.
func (d *Decoder) next() (text []byte, whole bool, err error) {
	d.line++
	d.buf = d.buf[:0]
	for {
		part, err := d.r.ReadSlice('\n')
		if len(d.buf)+len(part) > MaxLine {
			return nil, false, d.passOver(err)
		}
		d.buf = append(d.buf, part...)
		switch {
		case err == nil:
			return d.buf, true, nil
		case errors.Is(err, io.EOF) && len(d.buf) > 0:
			return d.buf, false, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, err
		}
	}
}

// passOver reads to the end of a line that is too long.
func (d *Decoder) passOver(err error) error {
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = d.r.ReadSlice('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return &LineError{Line: d.line, Err: fmt.Errorf("it is longer than %d bytes", MaxLine)}
}
