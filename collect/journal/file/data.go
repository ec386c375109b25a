package file

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Flags of a data object; at most one is set.
const (
	dataXZ   = 1 << 0
	dataLZ4  = 1 << 1
	dataZSTD = 1 << 2
)

// Why data is left out.
var (
	errXZ   = errors.New("compressed with XZ")
	errLong = errors.New("longer than MaxData")
)

// mostPacked bounds a data object, in bytes. Compressed data is hardly longer
// than plain.
const mostPacked = MaxData + 4<<10

// data reads the data of a field, which is valid until the next read.
func (f *File) data(at uint64) ([]byte, error) {
	b, size, err := f.object(at, typeData, window)
	if err == nil && size > uint64(len(b)) {
		if size > mostPacked {
			return nil, errLong
		}
		b, _, err = f.object(at, typeData, size)
	}
	if err != nil {
		return nil, err
	}
	head := 64
	if f.compact {
		head += 8
	}
	if len(b) < head || uint64(len(b)) < size {
		return nil, fmt.Errorf("%w: data of %d bytes", ErrFormat, len(b))
	}
	flags, payload := b[1], b[head:]
	switch flags & (dataXZ | dataLZ4 | dataZSTD) {
	case 0:
		if len(payload) > MaxData {
			return nil, errLong
		}
		return payload, nil
	case dataLZ4:
		return f.lz4(payload)
	case dataZSTD:
		return f.zstd(payload)
	case dataXZ:
		return nil, errXZ
	}
	return nil, fmt.Errorf("%w: data compressed in two ways", ErrFormat)
}

// room returns memory for decompressed data.
func (f *File) room() []byte {
	if f.plain == nil {
		f.plain = make([]byte, MaxData)
	}
	return f.plain
}

// lz4 decompresses a block after its length in 64 bits.
func (f *File) lz4(packed []byte) ([]byte, error) {
	if len(packed) < 8 {
		return nil, fmt.Errorf("%w: data without its length", ErrFormat)
	}
	length := binary.LittleEndian.Uint64(packed)
	if length > MaxData {
		return nil, errLong
	}
	n, err := lz4.UncompressBlock(packed[8:], f.room()[:length])
	if err != nil || uint64(n) != length {
		return nil, fmt.Errorf("%w: data that is no LZ4", ErrFormat)
	}
	return f.plain[:n], nil
}

// zstd decompresses a frame.
func (f *File) zstd(packed []byte) ([]byte, error) {
	if f.unzstd == nil { // it starts nothing, and needs no Close
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(MaxData))
		if err != nil {
			return nil, err
		}
		f.unzstd = d
	}
	out, err := f.unzstd.DecodeAll(packed, f.room()[:0])
	switch {
	case errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded):
		return nil, errLong
	case err != nil:
		return nil, fmt.Errorf("%w: data that is no zstd", ErrFormat)
	}
	return out, nil
}
