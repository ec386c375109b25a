package journal

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/lynceus-io/lynceus/collect/journal/file"
)

// mostSkipped bounds a value that is passed over, in bytes: journald takes
// no field above 768 MiB. A longer one says that this is no export.
const mostSkipped = 768 << 20

// errExport says that a text is not in the export form.
var errExport = errors.New("this is not what journalctl --output export writes")

// An Exporter makes of a text in the export form the JSON that journalctl
// --output json writes of the same entries. It is for one goroutine.
type Exporter struct {
	in  *bufio.Reader
	doc file.Document
}

// NewExporter reads from a stream.
func NewExporter(r io.Reader) *Exporter { return &Exporter{in: bufio.NewReaderSize(r, 64<<10)} }

// Next returns the next entry, which is valid until Next is called again. The
// error is io.EOF at the end, where an entry that is not complete is given up.
func (x *Exporter) Next() ([]byte, error) {
	x.doc.Begin()
	for {
		end, err := x.field()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return nil, io.EOF
		case err != nil:
			return nil, err
		case end && !x.doc.Empty():
			return x.doc.JSON(), nil
		}
	}
}

// field reads a field, or the empty line at the end of an entry.
func (x *Exporter) field() (end bool, err error) {
	name, err := x.in.ReadSlice('\n')
	long := errors.Is(err, bufio.ErrBufferFull)
	if err != nil && !long {
		return false, err
	}
	head, value, simple := bytes.Cut(bytes.TrimSuffix(name, []byte("\n")), []byte("="))
	switch {
	case len(head) == 0 && !simple && !long:
		return true, nil
	case !file.IsName(head) || long && !simple:
		return false, errExport
	case long:
		return false, x.skipLine() // it is longer than file.MaxField
	case simple:
		x.doc.Add(head, value)
		return false, nil
	}
	return false, x.binary(bytes.Clone(head))
}

// skipLine passes over the rest of a line.
func (x *Exporter) skipLine() error {
	for {
		_, err := x.in.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// binary reads a value of any bytes: its length in 64 bits, the least
// significant first, the value, and the end of a line.
func (x *Exporter) binary(name []byte) error {
	var length [8]byte
	if _, err := io.ReadFull(x.in, length[:]); err != nil {
		return err
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > mostSkipped {
		return fmt.Errorf("%w: a value of %d bytes", errExport, n)
	}
	if !x.doc.Fits(n) {
		if _, err := io.CopyN(io.Discard, x.in, int64(n)); err != nil {
			return err
		}
	} else {
		value := make([]byte, n)
		if _, err := io.ReadFull(x.in, value); err != nil {
			return err
		}
		x.doc.Add(name, value)
	}
	if c, err := x.in.ReadByte(); err != nil || c != '\n' {
		return errors.Join(err, errExport)
	}
	return nil
}
