// Package exclusions keeps exclusions (package detect/exclude) in a bucket of
// package store/state, with the history of every change: who, when, and what
// it was before and after.
//
// A [Book] is what the command line, the HTTP API and the pipeline share. The
// pipeline asks [Book.Match] from memory; [Book.Follow] brings in what other
// processes change.
package exclusions
