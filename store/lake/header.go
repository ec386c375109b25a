package lake

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// header is what a segment's footer says.
type header struct {
	rows     int64
	table    string
	replaces []string // names of the segments that it was merged from
	commit   string   // its place in its commit
	columns  []string
}

// openData opens a segment's data file for reading. What is no Parquet file
// is errDamaged.
func (l *Lake) openData(name string, buffer int) (*os.File, *parquet.File, error) {
	f, err := l.openFile(name + extData)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil {
		var p *parquet.File
		if p, err = openParquet(f, info.Size(), buffer); err == nil {
			return f, p, nil
		}
	}
	f.Close() // it was only read
	return nil, nil, err
}

// openFile opens a file of a segment. One that is missing is errDamaged; one
// that cannot be opened now is not.
func (l *Lake) openFile(name string) (*os.File, error) {
	f, err := os.Open(l.disk.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: the file is missing", errDamaged)
	}
	return f, err
}

// openParquet reads the footer of a file, of which buffer bytes are read at a
// time.
func openParquet(r io.ReaderAt, size int64, buffer int) (p *parquet.File, err error) {
	defer func() {
		if v := recover(); v != nil {
			// The decoder of hostile bytes may panic; to us that is damage.
			err = fmt.Errorf("%w: %v", errDamaged, v)
		}
	}()
	// The library believes the length of the footer and makes room for it.
	var tail [8]byte
	if size < int64(len(tail)) {
		return nil, fmt.Errorf("%w: %d bytes", errDamaged, size)
	}
	if _, err := r.ReadAt(tail[:], size-int64(len(tail))); err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if n := int64(binary.LittleEndian.Uint32(tail[:])); n > size-12 {
		return nil, fmt.Errorf("%w: a footer of %d bytes in %d", errDamaged, n, size)
	}
	p, err = parquet.OpenFile(r, size, parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true), parquet.ReadBufferSize(buffer))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return p, nil
}

// readBuffer is what is read of a file at a time by who reads all of it, and
// pageBuffer by who reads single pages: room for the header of one.
const (
	readBuffer = 128 << 10
	pageBuffer = 4 << 10
)

// readHeader reads the footer of a segment.
func (l *Lake) readHeader(name string) (*header, error) {
	f, p, err := l.openData(name, readBuffer)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	h := &header{rows: p.NumRows()}
	text, _ := p.Lookup(keyFormat)
	format, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("%s is no segment of a store", name)
	}
	if format > formatVersion {
		return nil, fmt.Errorf("%w: %s", ErrNewer, name)
	}
	h.table, _ = p.Lookup(keyTable)
	h.commit, _ = p.Lookup(keyCommit)
	if text, ok := p.Lookup(keyReplaces); ok {
		h.replaces = strings.Split(text, "\n")
	}
	for _, path := range p.Schema().Columns() {
		h.columns = append(h.columns, path[0])
	}
	return h, nil
}
