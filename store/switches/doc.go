// Package switches keeps which rules are off, for all clusters or for one, with
// the reason, an end, and the history of every change, in a bucket of package
// store/state.
//
// A [Book] is what the command line, the HTTP API and the pipeline share. The
// pipeline asks [Book.Off] from memory for every finding that would be made or
// grow; [Book.Follow] brings in what other processes change.
package switches
