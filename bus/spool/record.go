package spool

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/lynceus-io/lynceus/event"
)

// A batch in a segment:
//
//	CRC-32C of the rest of the head (4), length of the payload (4), CRC-32C of the payload (4), length of the shares (2),
//	0 (2), number (8), time of sealing in nanoseconds since 1970 (8), events (4), shares, payload
//
// The head has a checksum of its own, so that what a damaged batch had can still be told.
const (
	recordFixed = 36
	// MaxPayload bounds a batch, in bytes.
	MaxPayload = 1 << 20
	// maxShares bounds the shares that a batch tells one by one, maxUID the uids in them, in bytes.
	maxShares = 8
	maxUID    = 96
	// otherShares bounds how many sums of others a batch tells: one a table.
	otherShares = 16
	// maxSharesBytes is the most that shares take: class, two lengths, two uids, a number.
	maxSharesBytes = (maxShares + otherShares) * (1 + 1 + 2 + 2*maxUID + binary.MaxVarintLen64)
	maxRecordHead  = recordFixed + maxSharesBytes
)

// Share is how many events of a batch are of a pod or container and of a table.
type Share struct {
	// Pod and Container are uids, both empty for the node's own. Others says that it is the sum of all that are not told one
	// by one.
	Pod, Container string
	Others         bool
	Class          event.Class
	Events         uint64
}

// entry is the head of a batch in a segment.
type entry struct {
	sequence uint64
	sealed   int64
	events   uint32
	shares   []Share
	head     int    // bytes before the payload
	payload  int    // bytes of it
	sum      uint32 // its CRC-32C
}

// length is how many bytes head and payload take.
func (e *entry) length() int64 { return int64(e.head) + int64(e.payload) }

// appendRecord appends a batch. Shares beyond the bounds must have been summed up before.
func appendRecord(dst []byte, sequence uint64, sealed int64, shares []Share, payload []byte) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, recordFixed)...)
	var events uint64
	for _, s := range shares {
		events += s.Events
		flags := byte(0)
		if s.Others {
			flags = 1
		}
		dst = append(dst, byte(s.Class), flags)
		dst = append(append(dst, byte(len(s.Pod))), s.Pod...)
		dst = append(append(dst, byte(len(s.Container))), s.Container...)
		dst = binary.AppendUvarint(dst, s.Events)
	}
	head := dst[start:]
	binary.LittleEndian.PutUint32(head[4:], uint32(len(payload)))
	binary.LittleEndian.PutUint32(head[8:], crc32.Checksum(payload, castagnoli))
	binary.LittleEndian.PutUint16(head[12:], uint16(len(head)-recordFixed))
	binary.LittleEndian.PutUint64(head[16:], sequence)
	binary.LittleEndian.PutUint64(head[24:], uint64(sealed))
	binary.LittleEndian.PutUint32(head[32:], uint32(min(events, 1<<32-1)))
	binary.LittleEndian.PutUint32(head, crc32.Checksum(head[4:], castagnoli))
	return append(dst, payload...)
}

// decodeHead reads the head of the batch with which b begins. b has maxRecordHead bytes, or less where the segment ends.
func decodeHead(b []byte) (e entry, err error) {
	if len(b) < recordFixed {
		return e, fmt.Errorf("%w: a batch is cut off", errDamaged)
	}
	shares := int(binary.LittleEndian.Uint16(b[12:]))
	e.head, e.payload = recordFixed+shares, int(binary.LittleEndian.Uint32(b[4:]))
	if shares > maxSharesBytes || e.head > len(b) || e.payload > MaxPayload {
		return e, fmt.Errorf("%w: a batch's lengths cannot be", errDamaged)
	}
	if crc32.Checksum(b[4:e.head], castagnoli) != binary.LittleEndian.Uint32(b) {
		return e, fmt.Errorf("%w: the checksum of a batch's head is wrong", errDamaged)
	}
	e.sum = binary.LittleEndian.Uint32(b[8:])
	e.sequence = binary.LittleEndian.Uint64(b[16:])
	e.sealed = int64(binary.LittleEndian.Uint64(b[24:]))
	e.events = binary.LittleEndian.Uint32(b[32:])
	e.shares, err = decodeShares(b[recordFixed:e.head])
	return e, err
}

func decodeShares(b []byte) (out []Share, err error) {
	text := func() string {
		if len(b) == 0 || len(b) < 1+int(b[0]) {
			b, err = nil, fmt.Errorf("%w: a batch's shares are cut off", errDamaged)
			return ""
		}
		s := string(b[1 : 1+b[0]])
		b = b[1+b[0]:]
		return s
	}
	for len(b) > 0 {
		if len(b) < 2 {
			return nil, fmt.Errorf("%w: a batch's shares are cut off", errDamaged)
		}
		s := Share{Class: event.Class(b[0]), Others: b[1]&1 != 0}
		b = b[2:]
		s.Pod, s.Container = text(), text()
		n, used := binary.Uvarint(b)
		if err != nil || used <= 0 {
			return nil, fmt.Errorf("%w: a batch's shares are cut off", errDamaged)
		}
		s.Events, b = n, b[used:]
		out = append(out, s)
	}
	return out, nil
}
