package audit

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/jsonl"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// ErrNotAudit is returned for a JSON document that is no audit event.
var ErrNotAudit = errors.New("not an audit event")

// DecoderOptions say what a Decoder cannot see in a document.
type DecoderOptions struct {
	// Cluster and Server identify the cluster and the API server the
	// documents come from; empty where that is not known. They are part of
	// each event's identity.
	Cluster, Server string
	// MaxDepth is how deeply values may nest; 0 means rawjson.DefaultMaxDepth.
	MaxDepth int
	// Redactor replaces secrets; the Decoder takes a Fork of it. Nil means one
	// under a key of this Decoder's own, so that its replacement texts cannot
	// be compared with others.
	Redactor *redact.Redactor
	// Rows has events taken, too, that were written as event/jsonl does: what
	// the node sensor saw. They are as their writer made them.
	Rows bool
	// Formats are those of other people's tools whose documents are taken, too;
	// nil for none.
	Formats *foreign.Set
}

// Counts are what a Decoder tolerated and did.
type Counts struct {
	WrongTypes int64 // fields left out because their value had a wrong type
	Duplicates int64 // members that an object named again; the last one counted
	BadText    int64 // documents in which bytes that are not UTF-8 became U+FFFD
	Redacted   int64 // values that were replaced
}

// since returns what was counted after before.
func (c Counts) since(before Counts) Counts {
	return Counts{c.WrongTypes - before.WrongTypes, c.Duplicates - before.Duplicates, c.BadText - before.BadText, c.Redacted - before.Redacted}
}

// A Decoder turns audit documents into events. It is for one goroutine at a
// time.
type Decoder struct {
	opts      DecoderOptions
	redactor  *redact.Redactor
	extractor *rawjson.Extractor
	values    rawjson.Values
	wrappers  *rawjson.Extractor
	wrapped   [maxWrappings]rawjson.Values // of the wrappers being read, outermost first
	entries   *rawjson.Extractor
	logEntry  rawjson.Values
	words     *interner
	addresses addresses
	accounts  accounts
	uid       *event.UIDHasher
	counts    Counts
	rows      *jsonl.Decoder // nil unless wanted
	marks     rawjson.Values // of the document that may be another tool's
}

// NewDecoder returns a Decoder for one goroutine.
func NewDecoder(opts DecoderOptions) (*Decoder, error) {
	if opts.Redactor == nil {
		opts.Redactor = redact.New(redact.NewKey())
	}
	d := &Decoder{opts: opts, redactor: opts.Redactor.Fork(), words: newInterner(), uid: event.NewUIDHasher()}
	for _, x := range []struct {
		to    **rawjson.Extractor
		paths [][]string
	}{{&d.extractor, places[:]}, {&d.wrappers, wrapperPlaces[:]}, {&d.entries, gkePlaces[:]}} {
		var err error
		if *x.to, err = compile(x.paths, opts.MaxDepth); err != nil {
			return nil, fmt.Errorf("compile the paths of audit documents: %w", err)
		}
	}
	if opts.Rows {
		var err error
		if d.rows, err = jsonl.NewDecoder(); err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
	}
	return d, nil
}

// Counts returns what d met since it was made.
func (d *Decoder) Counts() Counts { return d.counts }

// Decode reads one audit document into e, which becomes an event of table
// audit. The event refers to doc and to a: both must stay unchanged while it
// is in use. Its time is absent where the document has none.
//
// The error is ErrNotAudit for a JSON document that is something else, or a
// *rawjson.SyntaxError; e is empty then. DecodeAll also reads documents that
// are wrapped.
func (d *Decoder) Decode(doc []byte, a *Arena, e *event.Event) (event.UID, error) {
	return d.decode(doc, a, e, wrapping{})
}

// decode reads a document out of a wrapping.
func (d *Decoder) decode(doc []byte, a *Arena, e *event.Event, w wrapping) (event.UID, error) {
	e.Reset(event.ClassAudit)
	if err := d.extractor.Extract(doc, &d.values); err != nil {
		return event.UID{}, err
	}
	if !d.isAudit() {
		return event.UID{}, ErrNotAudit
	}
	clean, err := d.clean(doc, a)
	if err != nil {
		return event.UID{}, err
	}
	d.counts.Duplicates += int64(d.values.Duplicates)
	f := filler{d: d, a: a, e: e, doc: clean, redacted: len(clean) > 0 && &clean[0] != &doc[0], wrapping: w}
	return f.fill(), nil
}

// clean returns the document that may be kept, and makes d.values those of it:
// in UTF-8, and without its secrets. It is doc itself where nothing was wrong
// with it, else a copy in a.
func (d *Decoder) clean(doc []byte, a *Arena) ([]byte, error) {
	kept := doc
	suspect, ascii := d.redactor.Suspect(doc)
	if !ascii && !utf8.Valid(doc) {
		d.counts.BadText++
		kept = a.copy(bytes.ToValidUTF8(doc, []byte("\uFFFD")))
	}
	context := redact.Context{SecretBodies: d.hasSecretBodies()}
	if uri, ok := d.peek(inRequestURI); suspect || context.SecretBodies || ok && redact.SuspectURI(uri) {
		out, n, err := d.redactor.Document(a.grow(len(kept)+len(kept)/8), kept, context)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			kept = a.keep(out)
			d.counts.Redacted += int64(n)
		}
	}
	if &kept[0] == &doc[0] {
		return doc, nil
	}
	return kept, d.extractor.Extract(kept, &d.values)
}

// hasSecretBodies reports whether the document has a body of a request for
// Secrets, or a message that may repeat one.
func (d *Decoder) hasSecretBodies() bool {
	resource, ok := d.peek(inResource)
	return ok && resource == "secrets" && (d.has(inRequestObject) || d.has(inResponseObject) || d.has(inMessage))
}
