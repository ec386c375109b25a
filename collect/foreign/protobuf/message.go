package protobuf

import "google.golang.org/protobuf/encoding/protowire"

// A Message is what one consists of, in the order in which members are
// written.
type Message struct{ Fields []Field }

// New returns a Message of some fields.
func New(fields ...Field) *Message { return &Message{Fields: fields} }

// A Field is one of its fields.
type Field struct {
	Number protowire.Number
	Name   string // that JSON has for it
	Kind   Kind
	List   bool
	// Of is the message of a Nested field, in a function since messages may
	// hold themselves.
	Of func() *Message
	// Names are those of an Enum's values; one that has none is written as a
	// number.
	Names map[int32]string
}

// F returns a field of one value.
func F(n protowire.Number, name string, kind Kind) Field {
	return Field{Number: n, Name: name, Kind: kind}
}

// Sub returns a field that is a message.
func Sub(n protowire.Number, name string, of func() *Message) Field {
	return Field{Number: n, Name: name, Of: of}
}

// Subs returns a field that is a list of messages.
func Subs(n protowire.Number, name string, of func() *Message) Field {
	return Field{Number: n, Name: name, List: true, Of: of}
}

// Many returns the list of what f is one of.
func (f Field) Many() Field {
	f.List = true
	return f
}

// EnumOf returns a field whose values have names.
func EnumOf(n protowire.Number, name string, names map[int32]string) Field {
	return Field{Number: n, Name: name, Kind: Enum, Names: names}
}

// NumberOf returns a field that is a google.protobuf.UInt32Value or Int32Value.
func NumberOf(n protowire.Number, name string) Field {
	return Field{Number: n, Name: name, Kind: Wrapped, Of: One(New(F(1, "value", Small)))}
}

// FlagOf returns a field that is a google.protobuf.BoolValue.
func FlagOf(n protowire.Number, name string) Field {
	return Field{Number: n, Name: name, Kind: Wrapped, Of: One(New(F(1, "value", Bool)))}
}

// Kind is how a field is written.
type Kind uint8

// The kinds of fields. The first ones have a length on the wire.
const (
	Nested    Kind = iota
	Text           // string
	Bytes          // as base64
	Hex            // bytes as hexadecimal digits, as OTLP has ids
	Timestamp      // google.protobuf.Timestamp, as RFC 3339 has it
	Wrapped        // a message around one value: google.protobuf.UInt32Value, Int32Value, BoolValue
	Entries        // map<string, string>
	Time           // fixed64, as a text
	Double
	Int   // int64, as a text
	Uint  // uint64, as a text
	Small // int32 and uint32
	Enum
	Bool
)

// One returns a message as Of wants it.
func One(m *Message) func() *Message { return func() *Message { return m } }
