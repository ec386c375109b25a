// Package journal reads entries of systemd's journal as journalctl writes
// them: JSON, an object a line (journalctl --output json), and the export form
// (--output export). They become rows of the table log.
//
// The journal's own binary files are not read: their form belongs to
// journalctl, which knows all its versions.
//
// Facts are from https://systemd.io/JOURNAL_EXPORT_FORMATS and
// systemd.journal-fields(7).
package journal
