package tail

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"time"
)

const (
	// headLength is how much of its beginning a text is known by. The audit ID
	// of the first event stands in its first 200 bytes.
	headLength = 1024
	// leastHead is the shortest beginning that tells a text under another
	// name. No audit event is shorter.
	leastHead = 128
	// lastLength is how much before its checkpoint a text is checked by.
	lastLength = 256
	// forgetAfter is how long a checkpoint is kept without a file.
	forgetAfter = 24 * time.Hour
)

// noTime stands for the time of a text that has none yet.
const noTime = math.MinInt64

// A text is what is in a file, whatever the file is named and however it is
// packed.
type text struct {
	Checkpoint
	carrier *file     // that it is read from, nil for none
	source  string    // the name its events have
	lost    time.Time // when it had a carrier last
	dirty   bool      // whether it must be saved
	time    int64     // of its next or last event, noTime when not known
}

func newText() *text {
	id := make([]byte, 16)
	rand.Read(id) // never fails, by its contract
	return &text{Checkpoint: Checkpoint{ID: hex.EncodeToString(id)}, time: noTime}
}

// beginsLike reports whether a file that begins with head can hold the text.
func (t *text) beginsLike(head []byte) bool {
	if len(head) < t.HeadLength {
		return false
	}
	sum := sha256.Sum256(head[:t.HeadLength])
	return bytes.Equal(sum[:], t.Head)
}

// setHead notes how the text begins.
func (t *text) setHead(head []byte) {
	t.HeadLength = min(headLength, len(head))
	sum := sha256.Sum256(head[:t.HeadLength])
	t.Head = sum[:]
}

// setLast notes what stands before the offset.
func (t *text) setLast(before []byte) {
	t.LastLength = min(lastLength, len(before))
	sum := sha256.Sum256(before[len(before)-t.LastLength:])
	t.Last = sum[:]
}

// endsLike reports whether what stands before the offset of a file is what
// the text has there.
func (t *text) endsLike(before []byte) bool {
	if len(before) < t.LastLength {
		return false
	}
	sum := sha256.Sum256(before[len(before)-t.LastLength:])
	return t.LastLength == 0 || bytes.Equal(sum[:], t.Last)
}

// settle notes that what is before offset is durable.
func (t *text) settle(offset, lines int64) {
	if offset == t.Offset {
		return
	}
	t.Offset, t.Lines = offset, t.Lines+lines
	t.dirty = true
}
