package audit

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/coverage"
)

// maxAhead is how far ahead of the clock an event may be before it is counted
// as from the future and no longer moves the watermark.
const maxAhead = 5 * time.Minute

// A Reader delivers the events of several logs in the order of time.
//
// Within one file the order is the file's: API servers write almost in order,
// and what is a little late is delivered where it stands. Files are merged by
// the time of their next records, then by identity, then by name; so the
// order depends on the files alone, not on how they were named, how large the
// batches are or how many goroutines decode. A file is opened when its first
// record is due, so that any number of rotated files can be given.
//
// A Reader is for one goroutine, except Progress.
type Reader struct {
	opts         Options
	received     int64
	since, until int64

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	jobs    chan *Batch
	free    chan *Batch
	quota   *quota

	all       []*source // that are read, in order of name
	size      int64
	skipped   int
	waiting   []*source // not open yet, in order of their first record
	active    sourceHeap
	delivered *source // whose record was returned last
	record    Record
	watermark int64
	err       error
}

// Open finds the logs that paths mean (see input.List) and begins to read
// them. An error means that a path cannot be read at all or nothing was found
// to read; what is wrong inside files is in Report. The caller must Close the
// Reader.
func Open(ctx context.Context, paths []string, opts Options) (*Reader, error) {
	files, skipped, err := input.List(paths)
	if err != nil {
		return nil, err
	}
	r := newReader(ctx, opts)
	decoders := make([]*Decoder, r.opts.Workers)
	redactor := redact.New(r.opts.Key)
	for i := range decoders {
		if decoders[i], err = NewDecoder(DecoderOptions{Cluster: opts.Cluster, Server: opts.Server, Redactor: redactor, Rows: true, Formats: opts.Formats}); err != nil {
			r.cancel()
			return nil, err
		}
	}
	for _, f := range files {
		r.all = append(r.all, newSource(f))
	}
	r.probeAll(decoders)
	for _, err := range skipped {
		s := newSource(input.File{})
		s.report.Problems = []coverage.Problem{{Text: "left out: " + err.Error()}}
		r.all = append(r.all, s)
	}
	if len(r.waiting) == 0 {
		r.cancel()
		return nil, fmt.Errorf("%w: none of %d files holds JSON", ErrNoLog, len(files))
	}
	for i, d := range decoders {
		r.running.Go(func() { r.work(r.ctx, i, d) })
	}
	return r, nil
}

func newReader(ctx context.Context, opts Options) *Reader {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	if opts.MaxOpen <= 0 {
		opts.MaxOpen = defaultMaxOpen
	}
	if opts.MaxDocument <= 0 {
		opts.MaxDocument = DefaultMaxDocument
	}
	if opts.Key == nil {
		opts.Key = redact.NewKey()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	ahead := 2*opts.Workers + 2
	r := &Reader{
		opts:      opts,
		received:  opts.Now().UnixNano(),
		since:     bound(opts.Since, math.MinInt64),
		until:     bound(opts.Until, math.MaxInt64),
		jobs:      make(chan *Batch, opts.Workers),
		free:      make(chan *Batch, ahead),
		quota:     newQuota(ahead),
		watermark: math.MinInt64,
	}
	r.ctx, r.cancel = context.WithCancel(ctx)
	return r
}

func bound(t time.Time, none int64) int64 {
	if t.IsZero() {
		return none
	}
	return t.UnixNano()
}

// probeAll looks up where each file begins. What can be read only once is
// opened first instead.
func (r *Reader) probeAll(decoders []*Decoder) {
	todo := make(chan *source)
	drop := make([]bool, len(r.all))
	place := map[*source]int{}
	for i, s := range r.all {
		place[s] = i
	}
	var workers sync.WaitGroup
	for _, d := range decoders {
		workers.Go(func() {
			for s := range todo {
				drop[place[s]] = !r.probe(d, s)
			}
		})
	}
	for _, s := range r.all {
		if !s.file.Once {
			todo <- s
		}
	}
	close(todo)
	workers.Wait()
	kept := r.all[:0]
	for i, s := range r.all {
		if drop[i] {
			r.skipped++
			continue
		}
		kept = append(kept, s)
		r.size += s.file.Size
	}
	r.all = kept
	r.waiting = slices.Clone(kept)
	slices.SortFunc(r.waiting, (*source).comesBefore)
}

// Next returns the next record, or io.EOF after the last. Another error means
// that the context ended.
func (r *Reader) Next() (*Record, error) {
	if r.err != nil {
		return nil, r.err
	}
	if s := r.delivered; s != nil {
		r.delivered = nil
		s.index++
		if r.advance(s) {
			heap.Fix(&r.active, 0)
		} else {
			heap.Remove(&r.active, 0)
		}
	}
	r.open()
	if err := r.ctx.Err(); err != nil {
		r.err = err
		return nil, err
	}
	if len(r.active) == 0 {
		r.err = io.EOF
		return nil, io.EOF
	}
	r.delivered = r.active[0]
	return r.deliver(r.delivered), nil
}

// open opens the sources whose first record is due.
func (r *Reader) open() {
	for len(r.waiting) > 0 && len(r.active) < r.opts.MaxOpen && r.ctx.Err() == nil {
		s := r.waiting[0]
		if len(r.active) > 0 && s.first.found && s.first.time > r.active[0].time {
			return
		}
		r.waiting = r.waiting[1:]
		s.queue = make(chan *Batch, r.quota.limit+1)
		chunk := r.opts.chunkSize(len(r.active) + 1)
		if s.file.Once {
			go r.feed(r.ctx, s, chunk) // may wait for its writer for ever: Close does not wait for it
		} else {
			r.running.Go(func() { r.feed(r.ctx, s, chunk) })
		}
		if r.advance(s) {
			heap.Push(&r.active, s)
		}
	}
}

// Progress tells how many bytes of the files have been read, as they stand,
// and how many there are; 0 where that is not known. Any goroutine may call it.
func (r *Reader) Progress() (read, size int64) {
	for _, s := range r.all {
		read += s.read.Load()
	}
	return read, r.size
}

// Watermark returns a time in nanoseconds since 1970 UTC before which no more
// records are to be expected, as far as each file is in order: the latest
// time delivered, but not more than five minutes ahead of the clock. Before
// the first record it is math.MinInt64. Records that come after it all the
// same are counted as late.
func (r *Reader) Watermark() int64 { return r.watermark }

// Close ends the reading and waits until nothing of it runs any more, but for
// what waits for the writer of a pipe or of standard input: that is left to
// end by itself when it is woken.
func (r *Reader) Close() error {
	r.cancel()
	r.quota.close()
	if r.err == nil {
		r.err = errors.New("read log: the reader is closed")
	}
	r.running.Wait()
	return nil
}
