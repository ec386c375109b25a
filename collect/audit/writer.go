package audit

import (
	"strconv"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// A writer appends a JSON object.
type writer struct {
	out  []byte
	more bool // whether a comma must come before the next member
}

func (w *writer) name(name string) {
	if w.more {
		w.out = append(w.out, ',')
	}
	w.out = append(rawjson.AppendQuoted(w.out, []byte(name)), ':')
	w.more = true
}

// text writes a string.
func (w *writer) text(name string, value []byte) {
	w.name(name)
	w.out = rawjson.AppendQuoted(w.out, value)
}

// said writes a string unless it is empty.
func (w *writer) said(name, value string) {
	if value != "" {
		w.text(name, []byte(value))
	}
}

// number writes a whole number.
func (w *writer) number(name string, n int64) {
	w.name(name)
	w.out = strconv.AppendInt(w.out, n, 10)
}

// raw writes JSON as it is.
func (w *writer) raw(name string, value []byte) {
	w.name(name)
	w.out = append(w.out, value...)
}

// copy writes a member as it stands, its name with quotes.
func (w *writer) copy(name, value []byte) {
	if w.more {
		w.out = append(w.out, ',')
	}
	w.out = append(append(append(w.out, name...), ':'), value...)
	w.more = true
}

// open begins an object; the name of the outermost is not written.
func (w *writer) open(name string) {
	if len(w.out) > 0 {
		w.name(name)
	}
	w.out = append(w.out, '{')
	w.more = false
}

// close ends it.
func (w *writer) close() {
	w.out = append(w.out, '}')
	w.more = true
}

// eachMember gives the members of the object that doc is, names with their
// quotes. It ends at the first fault.
func eachMember(doc []byte, fn func(name, value []byte)) {
	var t rawjson.Tokens
	t.Reset(doc, rawjson.HighestMaxDepth)
	var name []byte
	start := 0
	for {
		tok, more, err := t.Next()
		if err != nil || !more {
			return
		}
		switch {
		case tok.Kind == rawjson.NameToken && t.Depth() == 1:
			name, start = tok.Raw, -1
			continue
		case name == nil:
			continue
		case start < 0:
			start = tok.Offset
		}
		if t.Depth() == 1 {
			fn(name, doc[start:tok.Offset+len(tok.Raw)])
			name = nil
		}
	}
}
