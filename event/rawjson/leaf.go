package rawjson

import "unicode/utf8"

// A Kind is the type of a JSON value.
type Kind uint8

// The kinds of JSON values.
const (
	Null Kind = iota + 1
	Bool
	Number
	String
	Array
	Object
)

// String gives the kind's name in JSON.
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "boolean"
	case Number:
		return "number"
	case String:
		return "string"
	case Array:
		return "array"
	case Object:
		return "object"
	}
	return "invalid"
}

// A Leaf is a value that was found at a path. Its slices belong to the
// document and to the Values it came from and must not be changed.
type Leaf struct {
	Kind   Kind
	Offset int    // of Raw in the document
	Raw    []byte // the value as it stands in the document, strings with quotes
	// Text is the string without quotes and escapes, for other kinds the same
	// as Raw. It keeps NUL and bytes that are not UTF-8 as they came; an
	// escaped lone surrogate is U+FFFD.
	Text []byte
}

// String returns Text with each byte that is not UTF-8 replaced by U+FFFD, as
// encoding/json does.
func (l Leaf) String() string {
	if utf8.Valid(l.Text) {
		return string(l.Text)
	}
	return string([]rune(string(l.Text)))
}
