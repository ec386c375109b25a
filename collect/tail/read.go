package tail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

const (
	// block is how much text is read at a time, in bytes: about a batch.
	block = 512 << 10
	// longestWait is how long events wait at most until they are offered
	// again after the sink failed.
	longestWait = 30 * time.Second
	// endWait is how long a last line may have no end until it is looked
	// whether it is a whole document.
	endWait = 2 * time.Second
)

// read reads the next lines of a file and makes their events durable.
func (t *Tail) read(ctx context.Context, f *file) error {
	if err := t.ready(f); err != nil || f.text == nil {
		return err
	}
	x, size := f.text, block
	if f.scanned > x.Offset { // the next line is longer than a block, or has no end yet
		at, found, err := t.lineEnd(f, f.scanned)
		if f.scanned = at; err != nil || !found {
			return t.ended(ctx, f, err)
		}
		if at-x.Offset > int64(t.opts.Live.MaxDocument) {
			return t.tooLong(ctx, f, at)
		}
		size = int(at - x.Offset)
	}
	buffer := t.buffer
	if size > len(buffer) {
		buffer = make([]byte, size)
	}
	n, err := f.r.ReadAt(buffer, x.Offset)
	if !t.intact(f) { // truncated meanwhile: this may be another text
		f.recheck = true
		return nil
	}
	if end := bytes.LastIndexByte(buffer[:n], '\n') + 1; end > 0 {
		return t.lines(ctx, f, buffer[:end])
	}
	f.scanned = x.Offset + int64(n)
	if n == len(buffer) {
		return nil
	}
	return t.ended(ctx, f, err)
}

// ended deals with the end of what can be read, where err is what the reader
// said. A compressed file has no more then, and its last line may lack its
// end.
func (t *Tail) ended(ctx context.Context, f *file, err error) error {
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the compressed file ends too early; it will be read on when it changes")
		}
		return err
	case f.packed:
		if err := t.remainder(ctx, f); err != nil || f.text.Offset < f.scanned {
			return err
		}
		f.text.Complete, f.text.dirty = true, true
		f.close()
	}
	return nil
}

// lineEnd returns the offset after the first end of a line from an offset on;
// where there is none, the end of the text.
func (t *Tail) lineEnd(f *file, from int64) (at int64, found bool, err error) {
	for {
		n, err := f.r.ReadAt(t.buffer, from)
		if i := bytes.IndexByte(t.buffer[:n], '\n'); i >= 0 {
			return from + int64(i) + 1, true, nil
		}
		if from += int64(n); n < len(t.buffer) {
			return from, false, err
		}
	}
}

// lines makes the events of whole lines at the text's offset durable, as far
// as the sink takes them. Where it does not the rest is read again.
func (t *Tail) lines(ctx context.Context, f *file, text []byte) error {
	x := f.text
	start := x.Offset
	settle := func(end int64) {
		before := text[:end-start]
		x.settle(end, int64(bytes.Count(before[x.Offset-start:], newline)))
		t.mark(f, before)
	}
	err := t.live.Lines(t.origin(x), text, x.Lines+1, start, func(b *audit.Batch) error {
		if err := t.take(ctx, b); err != nil {
			return err
		}
		if b.End() > x.Offset {
			settle(b.End())
		}
		if n := b.Len(); n > 0 {
			x.time = event.Time.Get(b.Event(n - 1))
		}
		return nil
	})
	if err == nil {
		settle(start + int64(len(text)))
	}
	t.opts.Ledger.Read(x.source, x.Offset-start)
	return nil
}

// take offers a batch to the sink. After a failure it waits before it returns
// the error, longer each time.
func (t *Tail) take(ctx context.Context, b *audit.Batch) error {
	err := t.opts.Sink.Take(ctx, b)
	if err == nil {
		t.wait = 0
		t.opts.Ledger.Taken(b, time.Now())
		return nil
	}
	if ctx.Err() == nil {
		t.opts.Ledger.Failed(b.Origin().Source, err)
		t.wait = min(max(2*t.wait, t.opts.Poll), longestWait)
		t.opts.Log.Warn("events cannot be made durable; they will be offered again", "file", b.Origin().Source, "wait", t.wait, "error", err)
		pause(ctx, t.wait)
	}
	return err
}

var newline = []byte{'\n'}

// mark notes how the text stands around its offset, given what is before it,
// as much as was read.
func (t *Tail) mark(f *file, before []byte) {
	x := f.text
	if x.HeadLength < headLength && int64(x.HeadLength) < x.Offset {
		head := before
		if x.Offset > int64(len(before)) {
			head, _ = f.readFrom(0, int(min(headLength, x.Offset)))
		}
		if x.beginsLike(head) { // else it was truncated just now
			x.setHead(head)
		}
	}
	if need := min(lastLength, x.Offset); int64(len(before)) < need {
		before, _ = f.readFrom(x.Offset-need, int(need))
	}
	x.setLast(before)
}

// tooLong passes over a line that ends at an offset.
func (t *Tail) tooLong(ctx context.Context, f *file, end int64) error {
	x := f.text
	head, err := f.readFrom(x.Offset, 4<<10)
	if err != nil {
		return err
	}
	if !t.intact(f) {
		f.recheck = true
		return nil
	}
	err = t.live.TooLong(t.origin(x), head, end-x.Offset, x.Lines+1, x.Offset, func(b *audit.Batch) error { return t.take(ctx, b) })
	if err == nil {
		t.opts.Ledger.Read(x.source, end-x.Offset)
		x.settle(end, 1)
		t.mark(f, nil)
		return nil
	}
	f.scanned = end - 1 // so that the end of the line is found again
	return nil
}

// remainder makes a document of what follows the last end of a line.
func (t *Tail) remainder(ctx context.Context, f *file) error {
	end := f.scanned
	switch n := end - f.text.Offset; {
	case n <= 0:
		return nil
	case n > int64(t.opts.Live.MaxDocument):
		return t.tooLong(ctx, f, end)
	default:
		rest, err := f.readFrom(f.text.Offset, int(n))
		if err != nil {
			return err
		}
		if !t.intact(f) {
			f.recheck = true
			return nil
		}
		return t.lines(ctx, f, rest)
	}
}

// intact reports whether a file still begins as its text does.
func (t *Tail) intact(f *file) bool {
	if f.packed {
		return true
	}
	head, err := f.readFrom(0, f.text.HeadLength)
	return err == nil && f.text.beginsLike(head)
}

// isDocument reports whether a text is one whole document.
func isDocument(text []byte) bool {
	_, rest, err := rawjson.Cut(text, 0)
	return err == nil && len(rest) == 0
}

func (t *Tail) origin(x *text) audit.Origin {
	return audit.Origin{Source: x.source, Cluster: t.opts.Cluster, Server: t.opts.Server}
}

// peek finds the time of the next event of a text. Where it cannot be told it
// is that of the file.
func (t *Tail) peek(f *file) {
	f.text.time = f.changed.UnixNano()
	if err := t.ready(f); err != nil || f.text == nil {
		if err != nil {
			t.trouble(f, err)
		}
		return
	}
	n, _ := f.r.ReadAt(t.buffer[:sniffLength], f.text.Offset)
	if t.isFull() {
		defer f.close()
	}
	end := bytes.IndexByte(t.buffer[:n], '\n')
	if end < 0 {
		return
	}
	_ = t.live.Lines(t.origin(f.text), t.buffer[:end], 1, 0, func(b *audit.Batch) error {
		if b.Len() > 0 {
			f.text.time = event.Time.Get(b.Event(0))
		}
		return nil
	})
}
