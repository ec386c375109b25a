// Package cases keeps what people decide about incidents in buckets of package
// store/state: the status of each, who works on it, and comments, with the
// history of every change.
//
// An incident that nobody decided anything about is open, and takes no room
// here. A [Book] is what the command line, the HTTP API and the pipeline share.
// The pipeline asks [Book.Known] and [Book.Since] from memory; [Book.Follow]
// brings in what other processes change.
package cases
