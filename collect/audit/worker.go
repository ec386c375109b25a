package audit

import (
	"context"
	"errors"

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
	e := b.next()
	uid, err := d.Decode(doc, &b.arena, e)
	var syntax *rawjson.SyntaxError
	switch {
	case err == nil:
		r.take(b, e, item{uid: uid, time: timeOf(e), doc: int32(i)})
	case errors.As(err, &syntax):
		b.counts.broken++
		b.problem(b.chunk.Locate(b.first+i, syntax))
	default:
		b.counts.ignored++
	}
}

// take adds an event to the batch unless it lies outside the time asked for.
func (r *Reader) take(b *Batch, e *event.Event, it item) {
	if it.time != noTime && !r.wanted(it.time) {
		b.counts.filtered++
		return
	}
	event.MetadataSource.Set(e, b.source.file.Name)
	event.ReceivedTime.Set(e, r.received)
	b.counts.dialects.count(event.AuditDialect.Get(e))
	b.add(it)
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
