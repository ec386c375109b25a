package spool

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// segment is a file, or a part of memory, with batches of one lane, epoch and owner.
type segment struct {
	header   header
	store    store
	inMemory bool
	size     int64  // bytes, those of the header too
	at       int64  // where the first batch begins that is not done; size when all are
	left     int    // batches that are not done
	first    *entry // the head of the first batch that is not done, nil until it was read
	last     uint64 // number of the last batch
	closed   bool   // nothing is added any more
	forced   uint64 // number of the last batch that a force to the disk covered
	waited   uint64 // number of the last batch when it was looked at for that last
}

// file returns the segment's file, nil when it is in memory.
func (g *segment) file() *file {
	f, _ := g.store.(*file)
	return f
}

// headAt reads the head of the batch at an offset.
func (g *segment) headAt(at int64, buf []byte) (entry, error) {
	n, err := g.store.ReadAt(buf[:min(maxRecordHead, g.size-at)], at)
	if err != nil && !errors.Is(err, io.EOF) {
		return entry{}, err
	}
	e, err := decodeHead(buf[:n])
	if err == nil && at+e.length() > g.size {
		err = fmt.Errorf("%w: a batch is cut off", errDamaged)
	}
	return e, err
}

// head returns the head of the first batch that is not done. There must be one.
func (g *segment) head(buf []byte) (*entry, error) {
	if g.first == nil {
		e, err := g.headAt(g.at, buf)
		if err != nil {
			return nil, err
		}
		g.first = &e
	}
	return g.first, nil
}

// payload returns what the first batch carries. Its head must have been read.
func (g *segment) payload() ([]byte, error) {
	b := make([]byte, g.first.payload)
	if _, err := g.store.ReadAt(b, g.at+int64(g.first.head)); err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if crc32.Checksum(b, castagnoli) != g.first.sum {
		return nil, fmt.Errorf("%w: the checksum of a batch is wrong", errDamaged)
	}
	return b, nil
}

// pass takes in that the first batch is done. Its head must have been read.
func (g *segment) pass() {
	g.at += g.first.length()
	g.left--
	g.first = nil
}

// append adds a batch in its encoded form.
func (g *segment) append(record []byte, sequence uint64) error {
	if err := g.store.write(record, g.size); err != nil {
		return err
	}
	g.size += int64(len(record))
	g.left++
	g.last = sequence
	return nil
}
