package audit

import (
	"context"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// work decodes batches until there are no more.
func (r *Reader) work(ctx context.Context, number int, d *Decoder) {
	for {
		select {
		case b := <-r.jobs:
			r.decode(d, b)
			if r.opts.OnBatch != nil {
				r.opts.OnBatch(number, b)
			}
			b.ready <- struct{}{}
		case <-ctx.Done():
			return
		}
	}
}

// decode makes the events of a batch.
func (r *Reader) decode(d *Decoder, b *Batch) {
	before := d.Counts()
	if b.first == 0 { // one batch of the chunk reports what the chunk says
		b.counts.broken += int64(b.chunk.Broken)
		for _, err := range b.chunk.Errors {
			b.problem(err)
		}
	}
	for i := range b.docs {
		r.document(d, b, i)
	}
	b.counts.decoder = d.Counts().since(before)
}

// document makes the events of one document.
func (r *Reader) document(d *Decoder, b *Batch, i int) {
	doc := b.chunk.Bytes(b.first + i)
	b.counts.text += int64(len(doc))
	b.sink = batchSink{r, b, int32(i), b.source.probing}
	out := d.decodeAll(doc, &b.arena, &b.sink, b.source.wrapping)
	b.counts.ignored += int64(out.Ignored)
	b.counts.broken += int64(out.Broken)
	if out.Fault != nil {
		b.problem(b.chunk.Locate(b.first+i, out.Fault))
	}
}

// A batchSink adds the events of one document to a batch.
type batchSink struct {
	r   *Reader
	b   *Batch
	doc int32
	all bool // whether time does not matter
}

// Next returns the event that Add would make part of the batch.
func (s *batchSink) Next() *event.Event { return s.b.next() }

// Add makes it part of the batch unless it lies outside the time asked for.
func (s *batchSink) Add(uid event.UID) {
	e := s.b.next()
	it := item{uid: uid, time: timeOf(e), doc: s.doc}
	if !s.all && it.time != noTime && !s.r.wanted(it.time) {
		s.b.counts.filtered++
		return
	}
	if e.Class == event.ClassAudit || isForeign(e) { // rows say where they come from, and when
		event.MetadataSource.Set(e, s.b.source.file.Name)
		event.ReceivedTime.Set(e, s.r.received)
	}
	s.b.counts.dialects.count(dialectOf(e))
	s.b.add(it)
}

// wanted reports whether a time lies within what was asked for.
func (r *Reader) wanted(t int64) bool { return t >= r.since && t < r.until }

// timeOf returns the time of an event, noTime where it has none.
func timeOf(e *event.Event) int64 {
	if !event.Time.Has(e) {
		return noTime
	}
	return event.Time.Get(e)
}

// problem notes a fault with its place, if there are not too many already.
func (b *Batch) problem(err *rawjson.SyntaxError) {
	if len(b.counts.problems) < maxProblems {
		b.counts.problems = append(b.counts.problems, coverage.Problem{
			File: b.source.file.Name, Line: err.Line, Offset: err.Offset, Text: advice(err.Msg),
		})
	}
}
