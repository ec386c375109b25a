package peer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	// MaxBatch is the greatest batch that a gate takes, in bytes as it is sent.
	MaxBatch = 1 << 20
	// maxHead is the greatest head of a batch's message.
	maxHead = 2 + maxEpoch + 8
	// MaxMessage is the greatest message of a peer.
	MaxMessage = MaxBatch + maxHead
	// maxEpoch bounds the name of an epoch, in bytes.
	maxEpoch = 64
)

// Batch is one batch on its way.
type Batch struct {
	// Epoch names what Sequence counts in, whatever a spool draws at random
	// when it is made: at most 64 letters, digits and -.
	Epoch string
	// Sequence numbers the batches of a lane and epoch, from 1. It rises from
	// one batch to the next and may leave numbers out.
	Sequence uint64
	Payload  []byte
}

var errBatch = errors.New("the message is no batch")

// batchVersion is the first byte of a batch's message.
const batchVersion = 1

// Valid says what is wrong with a batch, or nothing.
func (b Batch) Valid() error {
	switch {
	case len(b.Epoch) == 0 || !isUID(b.Epoch):
		return errors.New("an epoch is made of 1 to 64 letters, digits and -")
	case b.Sequence == 0:
		return errors.New("batches are numbered from 1")
	case len(b.Payload) == 0:
		return errors.New("a batch is empty")
	case len(b.Payload) > MaxBatch:
		return fmt.Errorf("a batch of %d bytes is too large: at most %d may be sent", len(b.Payload), MaxBatch)
	}
	return nil
}

// Append appends the batch as a message: a version, the length of the epoch,
// the epoch, the sequence in eight bytes, big-endian, and the payload.
func (b Batch) Append(dst []byte) []byte {
	dst = append(dst, batchVersion, byte(len(b.Epoch)))
	dst = append(dst, b.Epoch...)
	dst = binary.BigEndian.AppendUint64(dst, b.Sequence)
	return append(dst, b.Payload...)
}

// ParseBatch reads what Append wrote. The payload is a part of data.
func ParseBatch(data []byte) (Batch, error) {
	if len(data) < 2 || data[0] != batchVersion || len(data) < 2+int(data[1])+8 {
		return Batch{}, errBatch
	}
	n := 2 + int(data[1])
	b := Batch{Epoch: string(data[2:n]), Sequence: binary.BigEndian.Uint64(data[n:]), Payload: data[n+8:]}
	return b, b.Valid()
}

// Verdict is the answer to a batch: durable, or come again after a while, or
// refused for good.
type Verdict struct {
	Busy    time.Duration // above 0: come again after it
	Refused string        // not "": why it will never be taken
}

// Durable reports whether the batch is stored for good.
func (v Verdict) Durable() bool { return v.Busy <= 0 && v.Refused == "" }

// Verdicts as they are sent begin with one of these.
const (
	saysDurable = '+'
	saysBusy    = '~' // and milliseconds
	saysRefused = '-' // and a reason
)

// maxReason bounds the reason that is sent, in bytes.
const maxReason = 512

// Encode returns the verdict as a message.
func (v Verdict) Encode() []byte {
	switch {
	case v.Refused != "":
		return append([]byte{saysRefused}, clip(v.Refused, maxReason)...)
	case v.Busy > 0:
		return strconv.AppendInt([]byte{saysBusy}, max(v.Busy.Milliseconds(), 1), 10)
	}
	return []byte{saysDurable}
}

// maxBusy bounds how long one can be told to wait.
const maxBusy = time.Minute

// ParseVerdict reads what Encode wrote.
func ParseVerdict(data []byte) (Verdict, error) {
	if len(data) == 0 {
		return Verdict{}, errors.New("the answer is empty")
	}
	text := string(data[1:])
	switch data[0] {
	case saysDurable:
		return Verdict{}, nil
	case saysBusy:
		ms, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return Verdict{}, fmt.Errorf("the answer names no time to wait: %w", err)
		}
		return Verdict{Busy: min(max(time.Duration(ms)*time.Millisecond, time.Millisecond), maxBusy)}, nil
	case saysRefused:
		if text == "" {
			text = "the hub gives no reason"
		}
		return Verdict{Refused: clip(text, maxReason)}, nil
	}
	return Verdict{}, fmt.Errorf("the answer begins with %q, which this release does not know", data[0])
}

// clip cuts a text to so many bytes, and to whole characters.
func clip(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "")
}
