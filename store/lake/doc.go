// Package lake keeps events as Parquet files on one machine.
//
// A segment is a Parquet file with events of one table that were received in
// one hour, and a file of filters beside it that tells which texts cannot be
// in it. Segments never change: they are appended ([Lake.Begin]), merged into
// larger ones and dropped when they are old ([Lake.Maintain]). Which segments
// count is written in a manifest (SQLite), one transaction a step, so that a
// process that is killed at any moment leaves a store that is either before
// the step or after it; [Open] cleans up and says what it found.
//
// Events come from numbered partitions of a stream. The files of one pull and
// the partition's new high-water mark ([Lake.Mark]) are committed together:
// what a stream delivers again is recognised by its number.
//
// The package needs no query engine and no cgo. An engine asks for the files
// that can matter ([Lake.Pin]) and reads them itself; [Lake.Scan] reads events
// back for those who need events. docs/store.md describes the files.
package lake
