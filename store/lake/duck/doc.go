// Package duck answers SQL over the segments of a lake with DuckDB, which only
// reads: it is given explicit lists of files, may touch no other file and no
// network, and every query has a deadline and shares a bounded memory.
//
// It needs cgo. A program built without it has the same functions, and Open
// says what is missing.
package duck
