package rawjson

import (
	"bytes"
	"fmt"
)

// DefaultMaxDepth is how deeply values may nest where no other limit is given.
// The API server refuses bodies far below it; the deepest built-in type, a
// CustomResourceDefinition schema, stays under 100.
const DefaultMaxDepth = 512

// HighestMaxDepth is the highest limit that can be asked for. It bounds the
// stack of the recursive walk.
const HighestMaxDepth = 4096

// A SyntaxError says where a document or stream is not what it should be.
type SyntaxError struct {
	Line   int64  // 1 for the first line
	Offset int64  // in bytes from the start of the document or stream
	Msg    string // what is wrong, without the place
}

// Error gives the message with its place.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, byte offset %d: %s", e.Line, e.Offset, e.Msg)
}

// Messages that several readers share.
const (
	msgEnd       = "unexpected end of input"
	msgDepth     = "nested too deeply"
	msgString    = "string without an end"
	msgEscape    = "unknown escape in string"
	msgControl   = "control character in string"
	msgName      = "expected a member name in double quotes"
	msgColon     = "expected a colon after the member name"
	msgMember    = "expected a comma or } after the member"
	msgElement   = "expected a comma or ] after the element"
	msgValue     = "expected a value"
	msgNumber    = "malformed number"
	msgTrailing  = "unexpected data after the value"
	msgBrackets  = "brackets do not match"
	msgTooBig    = "value larger than the limit"
	msgUTF16     = "UTF-16 text; convert it to UTF-8"
	msgTopLevel  = "expected { or ["
	msgListEnd   = "list is not closed"
	msgCloser    = "closing bracket without its opening"
	msgSeparator = "expected a comma between elements"
)

// errorIn returns the error at offset off of doc, its line counted from 1.
func errorIn(doc []byte, off int, msg string) *SyntaxError {
	off = min(off, len(doc))
	return &SyntaxError{
		Line:   int64(bytes.Count(doc[:off], newline)) + 1,
		Offset: int64(off),
		Msg:    msg,
	}
}

var newline = []byte{'\n'}

// depthLimit gives the limit that an option value asks for.
func depthLimit(n int) int {
	if n <= 0 {
		return DefaultMaxDepth
	}
	return min(n, HighestMaxDepth)
}
