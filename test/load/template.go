package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/internal/bench/synth"
)

// mix is what a node's events are, among 100: that of synth without requests to the API.
var mix = synth.Mix{Network: 44, Process: 32, File: 15, DNS: 9}

// template is an encoded event, and where in it stands what each copy has of its own.
type template struct {
	data                []byte
	uid, time, received int
}

// uidDigits is the length of a metadata.uid.
const uidDigits = 32

// makeTemplates encodes so many events.
func makeTemplates(n int) ([]template, error) {
	stream := synth.New(synth.Options{Seed: 1, Start: time.Unix(1_700_000_000, 0), Rate: 1000, Mix: mix})
	out := make([]template, n)
	var e event.Event
	for i := range out {
		stream.Next(&e)
		t := template{data: wire.AppendEvent(nil, &e)}
		t.uid = bytes.Index(t.data, []byte(event.MetadataUID.Get(&e)))
		t.time = fixedAt(t.data, event.Time.ID(), event.Time.Get(&e))
		t.received = fixedAt(t.data, event.ReceivedTime.ID(), event.ReceivedTime.Get(&e))
		if t.uid < 0 || t.time < 0 || t.received < 0 {
			return nil, fmt.Errorf("event %d: its uid or times stand nowhere in its encoded form", i)
		}
		out[i] = t
	}
	return out, nil
}

// fixedAt returns where a field of eight bytes stands, or a number below 0.
func fixedAt(data []byte, id event.FieldID, v int64) int {
	const fixed = 1 // the wire type of eight bytes
	tag := binary.AppendUvarint(nil, uint64(id)<<3|fixed)
	at := bytes.Index(data, binary.LittleEndian.AppendUint64(tag, uint64(v)))
	if at < 0 {
		return at
	}
	return at + len(tag)
}

// appendTo appends a copy of the template with a uid and a time of its own.
func (t *template) appendTo(dst []byte, node uint32, n uint64, at int64) []byte {
	start := len(dst)
	dst = append(dst, t.data...)
	var id [uidDigits / 2]byte
	binary.BigEndian.PutUint64(id[:], n*0x9E3779B97F4A7C15) // spread as a hash is
	binary.BigEndian.PutUint32(id[8:], node)
	binary.BigEndian.PutUint32(id[12:], uint32(n))
	hex.Encode(dst[start+t.uid:], id[:])
	binary.LittleEndian.PutUint64(dst[start+t.time:], uint64(at))
	binary.LittleEndian.PutUint64(dst[start+t.received:], uint64(at))
	return dst
}
