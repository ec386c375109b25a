// Package tail follows logs while they are written: files, directories
// and patterns, through rotation by renaming and by copying, compression,
// truncation and restarts.
//
// Files are looked at, not watched: a look costs a microsecond, works on
// network file systems and across containers, where notifications do not, and
// needs no handle in the kernel for each directory.
//
// What is followed are texts, not names. A text is known by a hash of its
// first bytes, and its checkpoint by one of the bytes before it, so that a
// file is recognised under another name, on another device, as a copy and when
// it is compressed, and is read on from where its text was left. Nothing is
// skipped because it looks familiar: both hashes must agree.
//
// A checkpoint is saved when the events before it are durable. After a crash
// up to a second of them comes again (audit.Requests notices); none is lost
// that was still in a file which the paths name.
//
// A text that is gone from its file and in no other, a minute later, was not
// rotated away: somebody emptied or edited the log. That is told by a row of
// the table log (intake.NoticeName).
package tail
