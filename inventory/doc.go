// Package inventory is what a cluster contains and contained: which objects
// existed at a time, who owned them, which pod had an address, which service
// account and images it had.
//
// An [Object] is one object as it was seen at one time; a row of the table
// inventory holds one ([Fill], [Read]). [History] answers questions as of a
// time from the objects it was given, in bounded memory. Objects come from a
// watch (package inventory/watch), from a recording, or back from the store.
package inventory
