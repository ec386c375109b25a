package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Entry is one revision of a key.
type Entry struct {
	Key      string
	Value    []byte    // nil when Deleted
	Revision uint64    // greater than those of all earlier changes in the bucket
	Time     time.Time // when it was stored
	By       string    // who made the change
	Deleted  bool      // the change was that the key has no value any more
}

// A stored value is a byte that says what it is, the author behind a length,
// and the value.
const (
	storedValue   = 1
	storedDeleted = 2
)

// maxAuthor bounds the name of who made a change, in bytes.
const maxAuthor = 512

func encodeEntry(kind byte, by string, value []byte) []byte {
	by = by[:min(len(by), maxAuthor)]
	b := make([]byte, 0, 1+binary.MaxVarintLen64+len(by)+len(value))
	b = binary.AppendUvarint(append(b, kind), uint64(len(by)))
	return append(append(b, by...), value...)
}

// decodeEntry reads what NATS keeps. Its own marks of deletion, which other
// programs may set, count as deletions without an author.
func decodeEntry(from jetstream.KeyValueEntry) (Entry, error) {
	e := Entry{Key: from.Key(), Revision: from.Revision(), Time: from.Created()}
	if from.Operation() != jetstream.KeyValuePut {
		e.Deleted = true
		return e, nil
	}
	kind, by, value, err := decodeValue(from.Value())
	if err != nil {
		return e, fmt.Errorf("state: read key %s, revision %d: %w", e.Key, e.Revision, err)
	}
	e.By, e.Deleted = by, kind == storedDeleted
	if !e.Deleted {
		e.Value = value
	}
	return e, nil
}

func decodeValue(data []byte) (kind byte, by string, value []byte, err error) {
	if len(data) == 0 || (data[0] != storedValue && data[0] != storedDeleted) {
		return 0, "", nil, errors.New("it was not written by Lynceus, or by a newer one")
	}
	n, size := binary.Uvarint(data[1:])
	if size <= 0 || n > maxAuthor || n > uint64(len(data)-1-size) {
		return 0, "", nil, errors.New("it is damaged: the author is cut off")
	}
	rest := data[1+size:]
	return data[0], string(rest[:n]), rest[n:], nil
}
