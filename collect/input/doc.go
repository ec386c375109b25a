// Package input finds and opens the files that logs are read from: names,
// directories and standard input; plain, gzip and zstd, told apart by their
// first bytes and not by their names. Files of systemd's journal are read as
// JSON.
package input
