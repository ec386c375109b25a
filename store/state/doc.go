// Package state keeps what changes while Lynceus runs and is not an event:
// exclusions, saved queries, switches, the status of incidents, checkpoints of
// files, snapshots of what is known.
//
// It is one versioned key-value interface over JetStream's. A [Bucket] holds
// small values: every change names its author, is made only on the revision
// its maker has seen, and stays in the key's history. [Blobs] hold large ones.
// What Put, Delete or a Blobs.Put returned from is durable.
package state
