package lake

import (
	"fmt"
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

// openData opens a segment's data file for reading.
func (l *Lake) openData(name string) (*os.File, *parquet.File, error) {
	f, err := os.Open(l.disk.path(name + extData))
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil {
		var p *parquet.File
		p, err = parquet.OpenFile(f, info.Size(), parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true), parquet.ReadBufferSize(readBuffer))
		if err == nil {
			return f, p, nil
		}
	}
	f.Close() // it was only read
	return nil, nil, err
}

// readBuffer is what is read of a file at a time.
const readBuffer = 128 << 10

// readHeader reads the footer of a segment.
func (l *Lake) readHeader(name string) (*header, error) {
	f, p, err := l.openData(name)
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
