package event

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// UID is an event's identity: the first 128 bits of a SHA-256 over the parts
// that make the event what it is. Equal input gives the equal UID everywhere.
type UID [16]byte

// String returns the UID as 32 hexadecimal digits.
func (u UID) String() string { return hex.EncodeToString(u[:]) }

// UIDOf returns an event's identity; one that has none in this form is
// identified by a hash of what it has.
func UIDOf(e *Event) (uid UID) {
	text := MetadataUID.Get(e)
	if len(text) == 2*len(uid) {
		if _, err := hex.Decode(uid[:], []byte(text)); err == nil {
			return uid
		}
	}
	return NewUIDHasher().Sum("foreign", text)
}

// UIDHasher makes UIDs without allocating. It is not safe for concurrent use;
// the zero value is not ready: use NewUIDHasher.
type UIDHasher struct {
	h   hash.Hash
	buf []byte
	sum [sha256.Size]byte
}

// NewUIDHasher returns a hasher for one goroutine.
func NewUIDHasher() *UIDHasher { return &UIDHasher{h: sha256.New()} }

// Sum returns the identity of something of kind kind that consists of parts,
// in order. Each part goes in with its length, so that no two lists of parts
// collide by concatenation.
func (u *UIDHasher) Sum(kind string, parts ...string) UID {
	b := u.buf[:0]
	b = binary.AppendUvarint(b, uint64(len(kind)))
	b = append(b, kind...)
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	u.buf = b
	u.h.Reset()
	u.h.Write(b)
	var out UID
	copy(out[:], u.h.Sum(u.sum[:0]))
	return out
}
