// Package jsonl writes events as lines of JSON, and reads them: one object an event, one member a field that has a value, under the
// field's own name, in the order of docs/fields.md. Times are RFC 3339 in UTC, with nanoseconds. Bytes that are not
// UTF-8 become U+FFFD. A field that holds a JSON document is a string.
package jsonl

import (
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// member is a field and how its value is written.
type member struct {
	key   string // `"name":`
	id    event.FieldID
	write func(dst []byte, e *event.Event, id event.FieldID) []byte
}

// Encoder writes events. It may be used by several goroutines at once.
type Encoder struct {
	heads   map[event.Class]string
	members map[event.Class][]member
}

// NewEncoder returns an encoder.
func NewEncoder() *Encoder {
	enc := &Encoder{heads: map[event.Class]string{}, members: map[event.Class][]member{}}
	for _, c := range event.Classes() {
		enc.heads[c] = `{"class":"` + c.String() + `"`
		for _, f := range event.Columns(c) {
			key := string(append(rawjson.AppendQuoted([]byte(","), f.Name), ':'))
			enc.members[c] = append(enc.members[c], member{key, f.ID, writers[f.Type]})
		}
	}
	return enc
}

// Append appends an event's object, without the end of the line. "class" is the name of its table.
func (enc *Encoder) Append(dst []byte, e *event.Event) []byte {
	dst = append(dst, enc.heads[e.Class]...)
	for _, m := range enc.members[e.Class] {
		if e.Has(m.id) {
			dst = m.write(append(dst, m.key...), e, m.id)
		}
	}
	return append(dst, '}')
}

// writers are by the field's type.
var writers = map[event.Type]func([]byte, *event.Event, event.FieldID) []byte{
	event.TypeString: writeText, event.TypeIP: writeText, event.TypeJSON: writeText,
	event.TypeInt: writeInt, event.TypeBool: writeBool, event.TypeTime: writeTime, event.TypeStrings: writeList,
}

func writeText(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Text(id)
	return rawjson.AppendQuoted(dst, v)
}

func writeInt(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Number(id)
	return strconv.AppendInt(dst, v, 10)
}

func writeBool(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Number(id)
	return strconv.AppendBool(dst, v != 0)
}

func writeTime(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Number(id)
	dst = append(dst, '"')
	dst = time.Unix(0, v).UTC().AppendFormat(dst, time.RFC3339Nano)
	return append(dst, '"')
}

func writeList(dst []byte, e *event.Event, id event.FieldID) []byte {
	list, _ := e.List(id)
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = rawjson.AppendQuoted(dst, v)
	}
	return append(dst, ']')
}
