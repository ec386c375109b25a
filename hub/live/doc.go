// Package live is what runs between the bus and the store: it takes batches of
// events off the bus, makes one request of its stages, judges every event by
// the rules, and writes events, findings and incidents as rows.
//
// One goroutine does it for a partition, in the order of the bus. What it
// remembers (requests, novelty, findings) is rebuilt after a restart from the
// store itself; see restore.go.
package live
