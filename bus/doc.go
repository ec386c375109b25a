// Package bus carries batches of events from intake to those who use them,
// and keeps them until all have: JetStream of NATS, embedded in this process
// or an existing cluster.
//
// [Open] starts an embedded server that listens on no port and syncs every
// write to its disk, or connects to a cluster by URL. [Bus.Publish] returns
// when a batch is durable: from then on it survives kill -9 and, embedded, the
// loss of power. Nothing that was published is dropped to make room: when the
// byte limit or the disk is reached, Publish answers [ErrFull], and intake must
// stop and say so.
//
// A [Consumer] pulls the batches of one partition in order and acknowledges
// what it has made durable on its side; after a restart it begins behind what
// it acknowledged last. A batch is deleted when every consumer named in
// [Options] has acknowledged it, never by age. What a consumer cannot read it
// puts into quarantine, so that it blocks nobody.
//
// The package knows nothing of what is in a batch. docs/bus.md is for operators.
package bus
