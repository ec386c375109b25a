package file

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Signature is how every file begins.
const Signature = "LPKSHHRH"

// ErrFormat says that something is not as the format has it, or that the file
// ends before it.
var ErrFormat = errors.New("broken journal file")

// An ID is one of 128 bits.
type ID [16]byte

// String returns 32 hexadecimal digits.
func (i ID) String() string { return hex.EncodeToString(i[:]) }

// A State says what the writer does with a file.
type State byte

// States of a file.
const (
	Offline  State = iota // closed, and may be opened again
	Online                // being written
	Archived              // never written again
)

// A Header is what a file says of itself.
type Header struct {
	State State
	// ID is the file's own, which it keeps under another name.
	ID ID
	// SeqnumID is shared by files that count their entries together.
	SeqnumID ID
	// Entries is how many there are.
	Entries uint64
	// HeadSeqnum and TailSeqnum are those of the first and the last entry, 0
	// where there is none.
	HeadSeqnum, TailSeqnum uint64
	// TailTime is that of the last entry, in microseconds since 1970.
	TailTime uint64

	compact bool
	start   uint64 // where objects begin
	end     uint64 // and end
	first   uint64 // the first array of entries; 0 for none
}

// Incompatible flags: whoever does not know one cannot read the file.
const (
	compressedXZ   = 1 << 0
	compressedLZ4  = 1 << 1
	keyedHash      = 1 << 2 // of tables that are not read here
	compressedZSTD = 1 << 3
	compactMode    = 1 << 4

	known = compressedXZ | compressedLZ4 | keyedHash | compressedZSTD | compactMode
)

// headerSize is what every version of the format has of the header, in bytes.
const headerSize = 208

func parseHeader(b []byte) (h Header, err error) {
	if !bytes.HasPrefix(b, []byte(Signature)) {
		return h, fmt.Errorf("%w: it does not begin with %s", ErrFormat, Signature)
	}
	number := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	flags := binary.LittleEndian.Uint32(b[12:])
	if unknown := flags &^ known; unknown != 0 {
		return h, fmt.Errorf("this journal file has the incompatible flags %#x, which are not known: update Lynceus, or have journalctl --follow --output export write to a named pipe", unknown)
	}
	h = Header{
		State: State(b[16]), ID: ID(b[24:40]), SeqnumID: ID(b[72:88]), Entries: number(152), TailSeqnum: number(160), HeadSeqnum: number(168),
		TailTime: number(192), compact: flags&compactMode != 0, start: number(88), first: number(176),
	}
	arena := number(96)
	h.end = h.start + arena
	if h.start < headerSize || h.start > 1<<20 || arena > 1<<60 {
		return h, fmt.Errorf("%w: a header of %d bytes before %d", ErrFormat, h.start, arena)
	}
	return h, nil
}
