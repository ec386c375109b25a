package clickhouse

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// binaryReader reads the primitive values of ClickHouse's binary formats.
// What ends in the middle of a value is io.ErrUnexpectedEOF.
type binaryReader struct {
	r   *bufio.Reader
	buf [16]byte
}

// maxText bounds a single text, in bytes; the largest document is 32 MiB.
const maxText = 256 << 20

// readBuffer is how much is read at once, in bytes.
const readBuffer = 64 << 10

func newBinaryReader(r io.Reader) *binaryReader {
	return &binaryReader{r: bufio.NewReaderSize(r, readBuffer)}
}

// atEnd reports whether nothing is left.
func (b *binaryReader) atEnd() (bool, error) {
	_, err := b.r.Peek(1)
	if err == io.EOF {
		return true, nil
	}
	return false, err
}

// bytes reads the next n bytes, at most 16, valid until the next call.
func (b *binaryReader) bytes(n int) ([]byte, error) {
	if _, err := io.ReadFull(b.r, b.buf[:n]); err != nil {
		return nil, inMiddle(err)
	}
	return b.buf[:n], nil
}

// unsigned reads a little-endian integer of 1, 2, 4 or 8 bytes.
func (b *binaryReader) unsigned(size int) (uint64, error) {
	data, err := b.bytes(size)
	if err != nil {
		return 0, err
	}
	var v uint64
	for i, c := range data {
		v |= uint64(c) << (8 * i)
	}
	return v, nil
}

// signed reads the same as two's complement.
func (b *binaryReader) signed(size int) (int64, error) {
	v, err := b.unsigned(size)
	shift := 64 - 8*size
	return int64(v<<shift) >> shift, err
}

// uvarint reads a LEB128 number.
func (b *binaryReader) uvarint() (uint64, error) {
	v, err := binary.ReadUvarint(b.r)
	return v, inMiddle(err)
}

// text reads a length and so many bytes.
func (b *binaryReader) text() (string, error) {
	n, err := b.uvarint()
	if err != nil {
		return "", err
	}
	return b.fixed(n)
}

// fixed reads n bytes. Memory is taken as they arrive, not as n says.
func (b *binaryReader) fixed(n uint64) (string, error) {
	if n > maxText {
		return "", fmt.Errorf("a text of %d bytes is longer than %d", n, maxText)
	}
	if n <= readBuffer {
		data := make([]byte, n)
		_, err := io.ReadFull(b.r, data)
		return string(data), inMiddle(err)
	}
	var data bytes.Buffer
	_, err := io.CopyN(&data, b.r, int64(n))
	return data.String(), inMiddle(err)
}

// inMiddle makes of the end an end where there should be none.
func inMiddle(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
