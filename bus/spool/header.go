package spool

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
)

// errDamaged says that bytes are not what was written.
var errDamaged = errors.New("damaged")

// errNewer says that a newer version wrote a segment.
var errNewer = errors.New("a newer sensor wrote it")

// castagnoli is the table of CRC-32C, which processors compute.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A segment begins with a header:
//
//	magic, version, lane, length of the owner (2), generation (8), epoch (16), owner, CRC-32C of all before it (4)
//
// Numbers are little-endian.
const (
	magic         = "LYNSPOOL"
	formatVersion = 1
	epochBytes    = 16
	headerFixed   = len(magic) + 1 + 1 + 2 + 8 + epochBytes
	sumBytes      = 4
	// maxOwner bounds an owner, in bytes: ids of containers have 64.
	maxOwner = 128
	// maxHeader is the length of the longest header.
	maxHeader = headerFixed + maxOwner + sumBytes
)

// header is what a segment says of all its batches.
type header struct {
	lane       Lane
	generation uint64 // counts epochs: 1 is the first of this directory
	epoch      string // in hexadecimal
	owner      string
}

// length is how many bytes the header takes.
func (h *header) length() int { return headerFixed + len(h.owner) + sumBytes }

// append appends the header's bytes.
func (h *header) append(dst []byte) []byte {
	start := len(dst)
	dst = append(append(dst, magic...), formatVersion, byte(h.lane))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(h.owner)))
	dst = binary.LittleEndian.AppendUint64(dst, h.generation)
	var epoch [epochBytes]byte
	_, _ = hex.Decode(epoch[:], []byte(h.epoch)) // it was made by Open or decodeHeader
	dst = append(append(dst, epoch[:]...), h.owner...)
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

// decodeHeader reads the header with which b begins.
func decodeHeader(b []byte) (h header, err error) {
	if len(b) < headerFixed || string(b[:len(magic)]) != magic {
		return h, fmt.Errorf("%w: it does not begin as a segment does", errDamaged)
	}
	at := len(magic)
	version, kind, owner := b[at], Lane(b[at+1]), int(binary.LittleEndian.Uint16(b[at+2:]))
	if owner > maxOwner || len(b) < headerFixed+owner+sumBytes {
		return h, fmt.Errorf("%w: its header is cut off", errDamaged)
	}
	end := headerFixed + owner
	if crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]) {
		return h, fmt.Errorf("%w: its header's checksum is wrong", errDamaged)
	}
	if version != formatVersion {
		return h, fmt.Errorf("%w: version %d", errNewer, version)
	}
	if kind >= lanes {
		return h, fmt.Errorf("%w: lane %d", errNewer, kind)
	}
	h.lane, h.generation = kind, binary.LittleEndian.Uint64(b[at+4:])
	h.epoch = hex.EncodeToString(b[at+12 : at+12+epochBytes])
	h.owner = string(b[headerFixed:end])
	return h, nil
}
