package audit

import (
	"bytes"
	"errors"

	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// A Sink takes the events found in a document.
type Sink interface {
	// Next returns an event to be filled, the same one until Add.
	Next() *event.Event
	// Add says that the event Next returned is filled, and its identity.
	Add(uid event.UID)
}

// An Outcome says what else was in a document.
type Outcome struct {
	Ignored int // well-formed documents that are no audit events
	Broken  int // documents that could not be read
	// Fault is the first of the broken ones, with its place in the document
	// or that of the wrapper it is in.
	Fault *rawjson.SyntaxError
}

// DecodeAll reads a document and gives each audit event in it to a sink. It
// unwraps what is around them: lists, and the entries of CloudWatch, Azure
// Monitor, Google Cloud Logging and common log shippers. The events refer to
// doc and to a, which must stay unchanged while they are in use.
func (d *Decoder) DecodeAll(doc []byte, a *Arena, to Sink) Outcome {
	return d.decodeAll(doc, a, to, wrapping{})
}

// decodeAll does so for a document out of a wrapping.
func (d *Decoder) decodeAll(doc []byte, a *Arena, to Sink, w wrapping) Outcome {
	u := unwrapper{d: d, a: a, to: to}
	u.document(doc, w, 0)
	return u.out
}

// An unwrapper goes through one document.
type unwrapper struct {
	d   *Decoder
	a   *Arena
	to  Sink
	out Outcome
}

// document reads a document in depth wrappers.
func (u *unwrapper) document(doc []byte, w wrapping, depth int) {
	if depth == 0 && u.d.rows != nil && isRow(doc) {
		u.row(doc)
		return
	}
	uid, err := u.d.decode(doc, u.a, u.to.Next(), w)
	switch {
	case err == nil:
		u.to.Add(uid)
	case err == ErrNotAudit:
		if !u.foreign(doc, w) && (depth == maxWrappings || !u.wrapper(doc, w, depth)) {
			u.out.Ignored++
		}
	default:
		u.several(doc, w, depth, err)
	}
}

// several reads documents that follow each other where one was expected.
func (u *unwrapper) several(doc []byte, w wrapping, depth int, whole error) {
	first, rest, err := rawjson.Cut(doc, u.d.opts.MaxDepth)
	if err != nil || len(rest) == 0 {
		u.broken(whole, depth)
		return
	}
	u.document(first, w, depth)
	for len(rest) > 0 {
		at := len(doc) - len(rest)
		if first, rest, err = rawjson.Cut(rest, u.d.opts.MaxDepth); err != nil {
			var fault *rawjson.SyntaxError
			if errors.As(err, &fault) {
				fault.Offset += int64(at)
				fault.Line += int64(bytes.Count(doc[:at], []byte{'\n'}))
			}
			u.broken(err, depth)
			return
		}
		u.document(first, w, depth)
	}
}

// broken counts a document that could not be read.
func (u *unwrapper) broken(err error, depth int) {
	u.out.Broken++
	var fault *rawjson.SyntaxError
	if u.out.Fault != nil || !errors.As(err, &fault) {
		return
	}
	if depth > 0 {
		fault = &rawjson.SyntaxError{Line: 1, Msg: inWrapper + fault.Msg}
	}
	u.out.Fault = fault
}

// inWrapper begins the message of a fault inside a wrapper, where the place
// is the wrapper's.
const inWrapper = "in the wrapped document: "

// wrapper reads what a document wraps. It returns false where that is nothing
// of use.
func (u *unwrapper) wrapper(doc []byte, w wrapping, depth int) bool {
	v := &u.d.wrapped[depth]
	if u.d.wrappers.Extract(doc, v) != nil {
		return false
	}
	e := entry{v}
	w = u.describe(e, w)
	if e.isGKE() {
		return u.gke(doc, w)
	}
	for p := wrapItems; p <= wrapEntries; p++ {
		if list := e.leaves(p); len(list) > 0 && list[len(list)-1].Kind == rawjson.Array {
			u.list(list[:len(list)-1], w, depth)
			return true
		}
	}
	for _, p := range [...]wrapperPlace{wrapMessage, wrapAtMessage, wrapLog, wrapLogColumn, wrapPropertiesLog, wrapProperties, wrapRaw} {
		if u.inner(e, p, w, depth) {
			return true
		}
	}
	for _, p := range [...]wrapperPlace{wrapAWSLogs, wrapKinesis, wrapPubSub} {
		if text, ok := e.text(p); ok {
			u.packed(text, w, depth)
			return true
		}
	}
	if text, ok := e.text(wrapData); ok { // which other documents have, too
		if inner, err := unpack(text); err == nil && len(inner) > 0 && inner[0] == '{' {
			u.document(inner, w, depth+1)
			return true
		}
	}
	return false
}

// list reads the elements of a list. Those of lists within it are its own.
func (u *unwrapper) list(elements []rawjson.Leaf, w wrapping, depth int) {
	for _, el := range elements {
		if el.Kind == rawjson.Object {
			u.document(el.Raw, w, depth+1)
		}
	}
}

// inner reads the document at p: an object, or text that is one. Text that
// cannot be is the log of something else.
func (u *unwrapper) inner(e entry, p wrapperPlace, w wrapping, depth int) bool {
	leaves := e.leaves(p)
	if len(leaves) == 0 {
		return false
	}
	switch l := leaves[len(leaves)-1]; l.Kind {
	case rawjson.Object:
		if p == wrapProperties || p == wrapMessage {
			return false // its members are looked at instead
		}
		u.document(l.Raw, w, depth+1)
		return true
	case rawjson.String:
		text := bytes.TrimSpace(l.Text)
		text = text[input.TimePrefix(text):]
		if len(text) == 0 || text[0] != '{' && text[0] != '[' {
			return false
		}
		if len(l.Text)+2 != len(l.Raw) {
			text = u.a.copy(text) // unescaped, so the extractor's
		}
		u.document(text, w, depth+1)
		return true
	}
	return false
}
