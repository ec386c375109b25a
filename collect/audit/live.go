package audit

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// liveChunk is how much of a stream a Live reads at a time, in bytes: about
// as many ordinary documents as a batch has.
const liveChunk = 512 << 10

// LiveOptions of NewLive.
type LiveOptions struct {
	// Redactor replaces secrets, under the installation's key; the Live takes
	// a Fork of it.
	Redactor *redact.Redactor
	// Formats are those of other people's tools that are taken, too; nil for
	// none.
	Formats *foreign.Set
	// MaxDocument is the length of the longest document that is decoded, in
	// bytes; 0 means DefaultMaxDocument. Longer ones are rejected.
	MaxDocument int
	// Wrap makes the document of a line of text that stands in a source at an
	// offset, appended to dst; nil where lines are documents themselves. Only
	// Lines uses it.
	Wrap func(dst []byte, source string, offset int64, line []byte) []byte
	// Now is the clock, of which events have their time of receipt; nil means
	// time.Now.
	Now func() time.Time
}

// A Live decodes text as it arrives: a few lines of a growing file, the body
// of a request. The events are redacted before anybody sees them. Its memory
// is bounded by a few times the longest document. It is for one goroutine at
// a time.
type Live struct {
	d        *Decoder
	redactor *redact.Redactor
	max      int
	now      func() time.Time
	wrap     func(dst []byte, source string, offset int64, line []byte) []byte
	batch    Batch
	take     func(*Batch) error
	err      error // of take; nothing more is handed out then
	wrapping wrapping
	end      int64 // of the last document that was decoded as a whole
	latest   int64 // time of the last event that has one
	before   Counts
}

// NewLive returns a Live.
func NewLive(opts LiveOptions) (*Live, error) {
	d, err := NewDecoder(DecoderOptions{Redactor: opts.Redactor, Formats: opts.Formats})
	if err != nil {
		return nil, err
	}
	if opts.MaxDocument <= 0 {
		opts.MaxDocument = DefaultMaxDocument
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Live{d: d, redactor: d.redactor, max: opts.MaxDocument, now: opts.Now, wrap: opts.Wrap}, nil
}

// Lines decodes whole lines of a source, each a document or a list of them,
// and gives them to take in batches, in order. line and offset say where text
// stands in the source. The error is the first that take returned; documents
// after Batch.End of the last batch that was taken are to come again then.
//
// A batch and its events are valid until take returns; text must stay
// unchanged until Lines does.
func (l *Live) Lines(from Origin, text []byte, line, offset int64, take func(*Batch) error) error {
	l.begin(from, take)
	for len(text) > 0 && l.err == nil {
		n := bytes.IndexByte(text, '\n') + 1
		if n == 0 {
			n = len(text)
		}
		l.line(text[:n], line, offset)
		text, offset, line = text[n:], offset+int64(n), line+1
		l.end = offset
		if l.batch.full() {
			l.flush()
		}
	}
	l.flush()
	return l.err
}

// line decodes one line.
func (l *Live) line(text []byte, line, offset int64) {
	l.wrapping = wrapping{}
	if l.wrap != nil {
		l.plain(text, line, offset)
		return
	}
	doc := bytes.TrimSpace(text)
	if n := input.TimePrefix(doc); n > 0 {
		doc, l.wrapping.dialect = doc[n:], eks
	}
	doc = bytes.TrimRight(doc, ", \t\r")
	switch {
	case len(doc) == 0:
	case len(doc) > l.max:
		l.batch.counts.text += int64(len(doc))
		l.batch.counts.broken++
		l.reject(doc, line, offset, msgTooLong)
	case doc[0] == '[':
		l.scan(rawjson.NewScanner(bytes.NewReader(doc), l.scannerOptions(len(doc)+1)), line, offset)
	default:
		l.document(doc, line, offset)
	}
}

// plain makes an event of a line of text.
func (l *Live) plain(text []byte, line, offset int64) {
	text = bytes.TrimRight(text, "\r\n")
	switch {
	case len(text) == 0:
	case len(text) > l.max:
		l.batch.counts.text += int64(len(text))
		l.batch.counts.broken++
		l.reject(text, line, offset, msgTooLong)
	default:
		// Its own memory: events share it until the batch is taken.
		l.document(l.wrap(make([]byte, 0, len(text)+len(l.batch.origin.Source)+64), l.batch.origin.Source, offset, text), line, offset)
	}
}

// A Listing says what a stream was made of.
type Listing struct {
	Bytes     int64 // of text
	Documents int64 // well-formed JSON documents
	Lists     int64 // that documents stood in
	Broken    int64 // documents that could not be split off
	// Envelope is what the last object around a list said of itself.
	Envelope rawjson.Envelope
}

// IsEventList reports whether the list said that it is one of audit events.
func (l *Listing) IsEventList() bool {
	e := l.Envelope
	return e.Kind == "EventList" && (e.APIVersion == "" || strings.HasPrefix(e.APIVersion, apiGroup))
}

// Stream decodes all of r as Reader does a file, and gives the events to take
// in batches, in order. The error is that of r, or the first that take
// returned.
func (l *Live) Stream(from Origin, r io.Reader, take func(*Batch) error) (Listing, error) {
	l.begin(from, take)
	sc := rawjson.NewScanner(r, l.scannerOptions(liveChunk))
	err := l.scan(sc, 1, 0)
	l.flush()
	if l.err != nil {
		err = l.err
	}
	s := sc.Stats()
	return Listing{Bytes: s.Bytes, Documents: s.Documents, Lists: s.Lists, Broken: s.Errors, Envelope: sc.Envelope()}, err
}

func (l *Live) scannerOptions(chunk int) rawjson.ScannerOptions {
	return rawjson.ScannerOptions{Lists: listNames(), MaxValue: l.max, ChunkSize: chunk}
}

// scan decodes the documents of a scanner, whose text stands at a line and an
// offset.
func (l *Live) scan(sc *rawjson.Scanner, line, offset int64) error {
	for l.err == nil {
		chunk, err := sc.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		l.chunk(chunk, line, offset)
		chunk.Release()
	}
	return l.err
}

// chunk decodes the documents of a chunk, all of which are handed out when it
// returns.
func (l *Live) chunk(c *rawjson.Chunk, line, offset int64) {
	b := &l.batch
	b.counts.broken += int64(c.Broken)
	for i, err := range c.Errors {
		at := c.Faulty[i]
		l.reject(c.Data[at.Start:at.End], line+err.Line-1, offset+err.Offset, err.Msg)
	}
	for i, doc := range c.Docs {
		if l.err != nil {
			return
		}
		l.document(c.Bytes(i), line+doc.Line-1, offset+c.Offset+int64(doc.Start))
		if b.full() {
			l.flush()
		}
	}
	l.flush()
}

// begin makes ready for text of a source.
func (l *Live) begin(from Origin, take func(*Batch) error) {
	l.d.opts.Cluster, l.d.opts.Server = from.Cluster, from.Server
	l.take, l.err, l.wrapping, l.end, l.latest = take, nil, wrapping{}, 0, noTime
	l.batch.origin = from
	l.batch.received = l.now().UnixNano()
	l.before = l.d.Counts()
}

// document makes the events of one document.
func (l *Live) document(doc []byte, line, offset int64) {
	c := &l.batch.counts
	c.text += int64(len(doc))
	out := l.d.decodeAll(doc, &l.batch.arena, liveSink{l}, l.wrapping)
	c.ignored += int64(out.Ignored)
	c.broken += int64(out.Broken)
	switch {
	case out.Fault != nil:
		l.reject(doc, line+out.Fault.Line-1, offset+out.Fault.Offset, out.Fault.Msg)
	case out.Broken > 0:
		l.reject(doc, line, offset, "a document in it cannot be read")
	case out.Ignored > 0:
		l.reject(doc, line, offset, ErrNotAudit.Error())
	}
}

// flush hands the batch out and makes it ready for its next use.
func (l *Live) flush() {
	l.hand()
	l.batch.empty()
	l.batch.arena.Reset()
}

// hand gives the batch to take, if there is anything in it.
func (l *Live) hand() {
	b := &l.batch
	if l.err != nil {
		return
	}
	b.end = l.end
	now := l.d.Counts()
	b.counts.decoder, l.before = now.since(l.before), now
	if len(b.items) > 0 || b.counts.text > 0 || b.counts.broken > 0 {
		l.err = l.take(b)
	}
}

// A liveSink adds events to the batch of a Live.
type liveSink struct{ l *Live }

// Next returns the event that Add would make part of the batch.
func (s liveSink) Next() *event.Event { return s.l.batch.next() }

// Add makes it part of the batch. A document with very many events in it is
// handed out in parts; their text stays until all of it is decoded.
func (s liveSink) Add(uid event.UID) {
	b, e := &s.l.batch, s.l.batch.next()
	it := item{uid: uid, time: timeOf(e)}
	if it.time != noTime {
		s.l.latest = it.time
	} else {
		it.lent, it.time = true, s.l.latest
		if it.time == noTime {
			it.time = b.received
		}
		event.Time.Set(e, it.time)
	}
	event.MetadataSource.Set(e, b.origin.Source)
	event.ReceivedTime.Set(e, b.received)
	b.counts.dialects.count(dialectOf(e))
	b.add(it)
	if len(b.items) >= 4*batchDocs {
		s.l.hand()
		b.empty()
	}
}

// TooLong gives take a batch with nothing but the reject of a line that is
// longer than MaxDocument, which begins with head and is size bytes long.
func (l *Live) TooLong(from Origin, head []byte, size, line, offset int64, take func(*Batch) error) error {
	l.begin(from, take)
	l.end = offset + size
	l.batch.counts.text, l.batch.counts.broken = size, 1
	l.reject(head, line, offset, msgTooLong)
	l.batch.rejects[0].Size = int(size)
	l.flush()
	return l.err
}

// msgTooLong is rawjson's message for the same.
const msgTooLong = "value larger than the limit"
