package audit

import (
	"context"
	"errors"
	"io"

	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// feed reads a source, cuts it into batches and hands them to the workers, in
// order. It closes the source's queue at the end, with source.err set.
func (r *Reader) feed(ctx context.Context, s *source, chunkSize int) {
	defer close(s.queue)
	stream, err := input.Open(s.file, r.opts.Stdin, &s.read)
	if err != nil {
		s.err = err
		return
	}
	defer stream.Close()
	if stream.Timed() {
		s.wrapping.dialect = eks
	}
	sc := r.scanner(stream, chunkSize)
	if s.reversed {
		r.feedBackwards(ctx, s, sc)
		return
	}
	for {
		chunk, err := sc.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
			return
		}
		if !r.submit(ctx, s, chunk) {
			return
		}
	}
}

// scanner splits the text of a stream into documents.
func (r *Reader) scanner(stream *input.Stream, chunkSize int) *rawjson.Scanner {
	return rawjson.NewScanner(stream, rawjson.ScannerOptions{
		Lists: listNames(), MaxValue: r.opts.MaxDocument, ChunkSize: chunkSize,
	})
}

// submit hands the documents of a chunk to the workers. It returns false when
// the reader is closed.
func (r *Reader) submit(ctx context.Context, s *source, chunk *rawjson.Chunk) bool {
	parts := max(1, (len(chunk.Docs)+batchDocs-1)/batchDocs)
	shared := &sharedChunk{Chunk: chunk}
	shared.users.Store(int32(parts))
	for i := range parts {
		if !r.quota.take(s) {
			return false
		}
		b := r.batch()
		b.source, b.chunk, b.first = s, shared, i*batchDocs
		b.docs = chunk.Docs[b.first:min(len(chunk.Docs), b.first+batchDocs)]
		select {
		case s.queue <- b:
		case <-ctx.Done():
			return false
		}
		select {
		case r.jobs <- b:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// batch returns an empty batch.
func (r *Reader) batch() *Batch {
	select {
	case b := <-r.free:
		return b
	default:
		return &Batch{ready: make(chan struct{}, 1)}
	}
}

// release takes a batch of s back.
func (r *Reader) release(s *source, b *Batch) {
	b.reset()
	select {
	case r.free <- b:
	default:
	}
	r.quota.give(s)
}
