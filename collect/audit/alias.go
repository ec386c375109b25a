package audit

import "unsafe"

// alias returns b as a string without copying it. The string is valid as long
// as b is unchanged: until the document's buffer or the Arena is reused, as
// the events made from it are. Copying the strings of an event instead takes
// twice as long (BenchmarkDecode).
func alias(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b))
}
