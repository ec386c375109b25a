// Package dns reads messages of the domain name system (RFC 1035) as a sensor meets them: whole, cut off or made to
// deceive. It takes what can be read and says whether that is all; it resolves nothing.
package dns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// ErrMalformed is wrapped by every error of this package.
var ErrMalformed = errors.New("malformed DNS message")

// maxAnswers is how many answers of a message are read; a message of 64 KiB could have 5,000.
const maxAnswers = 64

// Message is a question, or its answer.
type Message struct {
	ID       uint16
	Response bool
	// Truncated says that the server left out some of the answers.
	Truncated bool
	Opcode    uint8
	RCode     uint8
	// Name is what the first question asks for, without the dot at its end, and Type what of it. Bytes that are not
	// printable ASCII, and dots within a label, are escaped as in RFC 1035, section 5.1.
	Name string
	Type Type
	// Count is how many answers the message says it has, Answers those that were read.
	Count   int
	Answers []Answer
}

// Answer is a resource record that answers.
type Answer struct {
	Type Type
	TTL  uint32 // seconds
	// Addr is of A and AAAA.
	Addr netip.Addr
	// Text is the data in words: an address, a name, the texts of TXT; empty for types that have no such form here.
	Text string
}

// headerSize is that of RFC 1035, section 4.1.1.
const headerSize = 12

// Parse reads a message. With an error comes what was read until then: of a message that is cut off, as much as there
// is. There is nothing to be had when Name is empty.
func Parse(b []byte) (m Message, err error) {
	if len(b) < headerSize {
		return m, fmt.Errorf("%w: %d bytes, less than a header", ErrMalformed, len(b))
	}
	be := binary.BigEndian
	flags := be.Uint16(b[2:])
	m.ID, m.Response, m.Truncated = be.Uint16(b), flags&0x8000 != 0, flags&0x0200 != 0
	m.Opcode, m.RCode = uint8(flags>>11&15), uint8(flags&15)
	questions := int(be.Uint16(b[4:]))
	m.Count = int(be.Uint16(b[6:]))
	if questions == 0 {
		return m, fmt.Errorf("%w: no question", ErrMalformed)
	}
	at := headerSize
	for i := range questions {
		name, next, err := readName(b, at)
		if err != nil {
			return m, err
		}
		if len(b)-next < 4 {
			return m, fmt.Errorf("%w: the question ends early", ErrMalformed)
		}
		if i == 0 {
			m.Name, m.Type = name, Type(be.Uint16(b[next:]))
		}
		at = next + 4
	}
	for range min(m.Count, maxAnswers) {
		a, next, err := readAnswer(b, at)
		if err != nil {
			return m, err
		}
		m.Answers = append(m.Answers, a)
		at = next
	}
	return m, nil
}

// recordSize is what a resource record has between its name and its data.
const recordSize = 10

// readAnswer reads the resource record at a place and returns where the next begins.
func readAnswer(b []byte, at int) (a Answer, next int, err error) {
	at, err = skipName(b, at)
	if err != nil {
		return a, 0, err
	}
	if len(b)-at < recordSize {
		return a, 0, fmt.Errorf("%w: an answer ends early", ErrMalformed)
	}
	be := binary.BigEndian
	a.Type, a.TTL = Type(be.Uint16(b[at:])), be.Uint32(b[at+4:])
	size := int(be.Uint16(b[at+8:]))
	at += recordSize
	if len(b)-at < size {
		return a, 0, fmt.Errorf("%w: an answer of %d bytes, %d are there", ErrMalformed, size, len(b)-at)
	}
	if err := a.read(b, at, size); err != nil {
		return a, 0, err
	}
	return a, at + size, nil
}
