package past

import (
	"context"
	"fmt"
	"math"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/store/lake"
)

// DefaultBytes is how large a window is, in bytes of what is kept of its
// events. There are up to three windows in memory: one that is read, one that
// waits, and one that is judged.
const DefaultBytes = 48 << 20

// progressEvery is how many events pass between two calls of
// Options.Progress.
const progressEvery = 4096

// Options say what to replay.
type Options struct {
	Lake *lake.Lake
	// Tables are those whose events are wanted.
	Tables []event.Class
	// From and To bound the events' time: nanoseconds since 1970, both
	// included.
	From, To int64
	// Bytes bounds a window; 0 means DefaultBytes.
	Bytes int64
	// MaxBytes is how much may be read, in bytes of what is kept of events: the
	// replay ends with the window that reaches it. 0 means all there is.
	MaxBytes int64
	// Progress is called now and then on the goroutine of Replay; nil for
	// never.
	Progress func(Progress)
}

// Progress says how far a replay has come.
type Progress struct {
	Events int64 // so far
	Total  int64 // an estimate
}

// Counts are what a replay gave.
type Counts struct {
	Events int64
	// Unreadable are requests whose stored document is missing or cannot be
	// read; they were left out.
	Unreadable int64
	// First and Last are the times of the first and the last event; 0 without
	// any.
	First, Last int64
	// Bytes is how much was read, and Cut says that MaxBytes ended the replay
	// before the end of what was wanted.
	Bytes int64
	Cut   bool
}

// Replay calls f for the stored events of the tables between two times, in
// order of (time, identity, revision), each as it was when it was judged
// first: requests are decoded again from their documents, in which secrets
// stay replaced, so that a value that was empty is empty and not absent. All
// revisions come that are still stored; merging leaves those out that a later
// one supersedes. The event is f's during the call only. An error of f ends the
// replay and is returned as it is.
func Replay(ctx context.Context, o Options, f func(*event.Event, event.UID) error) (Counts, error) {
	if o.Bytes <= 0 {
		o.Bytes = DefaultBytes
	}
	r := &reader{o: o, windows: make(chan *window), free: make(chan *window, 2)}
	for range cap(r.free) {
		r.free <- &window{}
	}
	ctx, cancel := context.WithCancel(ctx)
	p, err := r.plan(ctx)
	if err != nil {
		cancel()
		return Counts{}, err
	}
	done := make(chan error, 1)
	go func() {
		defer close(r.windows)
		done <- r.read(ctx, p)
	}()
	counts, err := r.judge(p.total, f)
	cancel()
	for range r.windows { // let the reader end
	}
	readErr := <-done
	counts.Bytes, counts.Cut = r.bytes, r.cut
	if err == nil && readErr != nil {
		err = readErr
	}
	return counts, err
}

// reader is a replay under way.
type reader struct {
	o       Options
	windows chan *window // read, in order of time
	free    chan *window
	// The goroutine that reads writes these; they are read when it has ended.
	bytes int64
	cut   bool
}

// judge gives the events of the windows to f.
func (r *reader) judge(total int64, f func(*event.Event, event.UID) error) (c Counts, err error) {
	d, err := newDecoder()
	if err != nil {
		return c, err
	}
	for w := range r.windows {
		for i := range w.held {
			h := &w.held[i]
			if !d.decode(w, h) {
				c.Unreadable++
				continue
			}
			if c.Events == 0 {
				c.First = h.time
			}
			c.Last = h.time
			if c.Events++; c.Events%progressEvery == 0 && r.o.Progress != nil {
				r.o.Progress(Progress{Events: c.Events, Total: total})
			}
			if err := f(&d.event, h.uid); err != nil {
				return c, err
			}
		}
		r.free <- w
	}
	return c, nil
}

// decoder makes events of what a window keeps of them.
type decoder struct {
	audit *audit.Decoder
	arena audit.Arena
	event event.Event
}

func newDecoder() (*decoder, error) {
	d, err := audit.NewDecoder(audit.DecoderOptions{})
	return &decoder{audit: d}, err
}

// decode makes the event, and reports whether it can be read.
func (d *decoder) decode(w *window, h *held) bool {
	data := w.data[h.at : h.at+h.size]
	if h.class != event.ClassAudit {
		return wire.DecodeEvent(data, &d.event) == nil
	}
	d.arena.Reset()
	if _, err := d.audit.Decode(data, &d.arena, &d.event); err != nil {
		return false
	}
	// What the document does not say, but who passed it on did.
	e := &d.event
	event.MetadataUID.Set(e, h.uidText)
	event.MetadataSource.Set(e, h.source)
	if h.received != 0 {
		event.ReceivedTime.Set(e, h.received)
	}
	if h.cluster != "" {
		event.K8sCluster.Set(e, h.cluster)
	}
	if h.dialect != "" {
		event.AuditDialect.Set(e, h.dialect)
	}
	if !event.Time.Has(e) {
		event.Time.Set(e, h.time)
	}
	return true
}

// read fills windows until the end of what is wanted.
func (r *reader) read(ctx context.Context, p *plan) error {
	for at, ok := p.next(r.o.From); ok; at, ok = p.next(at) {
		var w *window
		select {
		case <-ctx.Done():
			return ctx.Err()
		case w = <-r.free:
		}
		w.reset(r.o.Bytes)
		end := p.end(at, r.o.Bytes)
		end, err := r.fill(ctx, w, at, end)
		if err != nil {
			return err
		}
		p.learn(w)
		r.bytes += w.size()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case r.windows <- w:
		}
		if end >= r.o.To || end == math.MaxInt64 {
			return nil
		}
		at = end + 1
		if r.o.MaxBytes > 0 && r.bytes >= r.o.MaxBytes {
			_, r.cut = p.next(at)
			return nil
		}
	}
	return nil
}

// fill reads the events from one time to another, or to an earlier end that it
// returns when they are too many.
func (r *reader) fill(ctx context.Context, w *window, from, to int64) (end int64, err error) {
	w.end = to
	for _, c := range r.o.Tables {
		sel := selection(c, from, w.end)
		err := r.o.Lake.Scan(ctx, sel, w.add)
		if err != nil {
			return 0, fmt.Errorf("read the table %s: %w", c, err)
		}
	}
	w.sort()
	return w.end, nil
}

// auditColumns are what is read of a request: its document has the rest.
var auditColumns = []*event.Field{
	event.Lookup(event.RawData.ID()), event.Lookup(event.Time.ID()), event.Lookup(event.MetadataUID.ID()), event.Lookup(event.MetadataRevision.ID()),
	event.Lookup(event.ReceivedTime.ID()), event.Lookup(event.MetadataSource.ID()), event.Lookup(event.K8sCluster.ID()), event.Lookup(event.AuditDialect.ID()),
}

// selection asks for the events of a table between two times.
func selection(c event.Class, from, to int64) lake.Selection {
	sel := lake.All(c)
	sel.From, sel.To, sel.Superseded = from, to, true
	if c == event.ClassAudit {
		for _, f := range auditColumns {
			sel.Columns = append(sel.Columns, f.Column())
		}
	}
	return sel
}

// identity is what tells the revisions of an event apart.
func identity(e *event.Event) (uid event.UID, revision int64) {
	revision, _ = event.MetadataRevision.Get(e)
	return event.UIDOf(e), revision
}
