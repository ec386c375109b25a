package bus

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// headerPart is on each message of a payload that has several: an id of the
// payload, the number of the part from 1, and of how many.
const headerPart = "Lynceus-Part"

func partOf(id string, i, n int) string { return fmt.Sprintf("%s %d %d", id, i, n) }

// parsePart reads headerPart; ok is false for a message that is no part.
func parsePart(header string) (id string, i, n int, ok bool) {
	words := strings.Split(header, " ")
	if len(words) != 3 {
		return "", 0, 0, false
	}
	i, errI := strconv.Atoi(words[1])
	n, errN := strconv.Atoi(words[2])
	return words[0], i, n, errI == nil && errN == nil && 1 <= i && i <= n
}

// Message is one payload as a consumer gets it.
type Message struct {
	First uint64    // sequence of its first message
	Seq   uint64    // sequence of its last: acknowledge up to it; payloads that were stored together have the same
	Time  time.Time // when it was stored
	Data  []byte    // the payload; the consumer owns it

	origin string // "" for none
	index  int    // among those stored in the same message
	header func(key string) string
}

// indexBits is how many bits of a payload's number tell it from others of the same message.
const indexBits = 8

// numberOf is the number of a payload by its sequence and its place in the message.
func numberOf(seq uint64, index int) uint64 { return seq<<indexBits | uint64(index) }

// Number tells the payload from all others of its partition. Later ones have higher numbers.
func (m *Message) Number() uint64 { return numberOf(m.Seq, m.index) }

// assembly joins the parts of payloads. Parts of one payload follow each
// other; a payload that breaks off was never acknowledged to its publisher
// and is left out.
type assembly struct {
	id      string // of the payload that is begun; "" for none
	next, n int
	message Message

	incomplete int64 // payloads that broke off
}

// take takes the next message, and appends the payloads that it holds or ends.
func (a *assembly) take(dst []Message, header func(string) string, data []byte, seq uint64, at time.Time) []Message {
	if n := header(headerBundle); n != "" {
		a.drop()
		return unbundle(Message{First: seq, Seq: seq, Time: at, Data: data, header: header}, n, dst)
	}
	if m, complete := a.join(header, data, seq, at); complete {
		return append(dst, m)
	}
	return dst
}

// join takes the next message that holds a payload or a part of one; complete is true when it ends a payload.
func (a *assembly) join(header func(string) string, data []byte, seq uint64, at time.Time) (m Message, complete bool) {
	id, i, n, part := parsePart(header(headerPart))
	if !part {
		a.drop()
		return Message{First: seq, Seq: seq, Time: at, Data: data, origin: header(headerOrigin), header: header}, true
	}
	if i == 1 {
		a.drop()
		a.id, a.next, a.n = id, 1, n
		a.message = Message{First: seq, origin: header(headerOrigin), header: header}
	}
	if a.id != id || a.next != i || a.n != n || len(a.message.Data)+len(data) > MaxPayload {
		a.drop()
		return Message{}, false
	}
	a.message.Data = append(a.message.Data, data...)
	a.message.Seq, a.message.Time = seq, at
	if a.next++; i < n {
		return Message{}, false
	}
	m = a.message
	a.id, a.message = "", Message{}
	return m, true
}

// drop forgets a payload that broke off.
func (a *assembly) drop() {
	if a.id != "" {
		a.incomplete++
	}
	a.id, a.message = "", Message{}
}
