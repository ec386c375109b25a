package audit

import (
	"math"
	"sync/atomic"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

const (
	// batchDocs is the most documents in a batch. An event takes 1.5 KB and
	// its document 2.3: small enough that a dozen batches are no matter.
	batchDocs = 256
	// eventPage is how many events are made at a time.
	eventPage = 16
	// keptEvents bounds the events a batch keeps for its next use.
	keptEvents = 4 * batchDocs
)

// noTime stands for the time of a record that has none.
const noTime = math.MinInt64

// A Batch is some neighbouring records of one source, in the source's order.
// Its events are valid until the Reader has delivered all of them, or until
// the function that a Live gave it to returns.
type Batch struct {
	// Aux belongs to whoever gets the batch: it stays as it was left, also
	// when the batch is used again.
	Aux any

	source *source
	chunk  *sharedChunk
	docs   []rawjson.Doc // of the chunk, that this batch is made of
	first  int           // index of docs[0] in the chunk
	arena  Arena
	pages  [][]event.Event
	items  []item
	sink   batchSink // adds the events of the document being decoded
	counts batchCounts
	ready  chan struct{}

	// Of a batch that a Live made.
	origin   Origin
	received int64 // when its text came, in ns since 1970 UTC
	end      int64
	rejects  []Reject
	rejected []byte // their texts
}

// item is what is known of one event of a batch.
type item struct {
	uid  event.UID
	time int64 // noTime where the document has none
	doc  int32 // index in docs
	// lent says that the document has no time and got one from its place.
	lent bool
}

// batchCounts is what a batch adds to its source's account.
type batchCounts struct {
	text, ignored, broken, filtered int64
	decoder                         Counts
	problems                        []coverage.Problem
	dialects                        dialectCounts
}

// Len is how many events the batch has.
func (b *Batch) Len() int { return len(b.items) }

// Event returns event i.
func (b *Batch) Event(i int) *event.Event { return &b.pages[i/eventPage][i%eventPage] }

// UID returns the identity of event i.
func (b *Batch) UID(i int) event.UID { return b.items[i].uid }

// full reports whether the batch is as large as it should become.
func (b *Batch) full() bool { return len(b.items) >= batchDocs || b.counts.text >= 2*liveChunk }

// next returns the event that add would make part of the batch.
func (b *Batch) next() *event.Event {
	n := len(b.items)
	if n/eventPage == len(b.pages) {
		b.pages = append(b.pages, make([]event.Event, eventPage))
	}
	return b.Event(n)
}

// add makes the event that next returned part of the batch.
func (b *Batch) add(it item) { b.items = append(b.items, it) }

// position returns where event i stands in its source.
func (b *Batch) position(i int) (line, offset int64) {
	d := b.docs[b.items[i].doc]
	return d.Line, b.chunk.Offset + int64(d.Start)
}

// reset makes b ready for its next use.
func (b *Batch) reset() {
	if b.chunk != nil {
		b.chunk.release()
	}
	b.source, b.chunk, b.docs = nil, nil, nil
	b.arena.Reset()
	b.empty()
}

// empty takes the events and counts out of b.
func (b *Batch) empty() {
	if len(b.pages) > keptEvents/eventPage {
		b.pages, b.items = b.pages[:keptEvents/eventPage:keptEvents/eventPage], nil
	}
	b.items = b.items[:0]
	b.counts = batchCounts{problems: b.counts.problems[:0]}
	b.rejects, b.rejected = b.rejects[:0], b.rejected[:0]
}

// A sharedChunk is a chunk that several batches use.
type sharedChunk struct {
	*rawjson.Chunk
	users atomic.Int32
}

func (c *sharedChunk) release() {
	if c.users.Add(-1) == 0 {
		c.Release()
	}
}
