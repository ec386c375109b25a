package audit

import "github.com/lynceus-io/lynceus/event"

// A Record is one event in the order of time. It is valid until the next call
// of Reader.Next; so is its event.
type Record struct {
	Event *event.Event
	// UID is the identity of the request the event is about.
	UID event.UID
	// Time orders the records, in nanoseconds since 1970 UTC: the event's, or,
	// for a document without any, that of the one before it in its source,
	// else the time of receipt.
	Time int64
	// Source is the name of the file; Line counts from 1, Offset in bytes of
	// decompressed text. Of a document in a wrapper it is the wrapper's place.
	Source       string
	Line, Offset int64
	// Batch and Index say where Options.OnBatch saw the event.
	Batch *Batch
	Index int
}
