// Package file reads files of systemd's journal, in the regular and the
// compact mode, with data that is plain or compressed with zstd or LZ4, while
// journald goes on writing them.
//
// Every offset, size and count of a file is taken for hostile: it is checked
// before it is used, chains only lead forward, and what is read at a time is
// bounded. Files are read, not mapped: they may be cut short at any time.
//
// Facts are from https://systemd.io/JOURNAL_FILE_FORMAT.
package file
