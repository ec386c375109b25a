package expr

import "unsafe"

// view reads b as a string without copying it. The caller sees to it that b
// does not change as long as the string is used: it is a part of a document
// that a Subject was given, or of the Subject's arena, which is only appended
// to until the next Load.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
