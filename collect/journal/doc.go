// Package journal reads entries of systemd's journal: from its own files
// (package file), which it follows through rotation and restarts, and as
// journalctl writes them: JSON, an object a line (journalctl --output json), and
// the export form (--output export). All are made JSON, of which one mapping
// makes rows of the table log.
//
// A position in a file is saved when the entries before it are durable. After a
// crash up to a second of them comes again. A file that is deleted before it was
// read to its end is told by a row of the table log (intake.NoticeName).
//
// Facts are from https://systemd.io/JOURNAL_EXPORT_FORMATS and
// systemd.journal-fields(7).
package journal
