package redact

import (
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// A Context says what a document does not say about itself, or only in a
// place that may come last.
type Context struct {
	// SecretBodies says that the members requestObject and responseObject are
	// Secrets, lists of them, or patches of them.
	SecretBodies bool
	// Commands says that texts may be command lines, in which what follows an
	// option may be a password.
	Commands bool
}

// maxNested is how deeply documents in strings of documents are read. What is
// nested deeper is treated as text.
const maxNested = 4

// Document appends a JSON document with its secrets replaced to dst, and
// returns how many there were. Where there are none it returns doc itself. An
// error means that doc is not JSON; nothing of it may be kept then.
func (r *Redactor) Document(dst, doc []byte, c Context) (out []byte, replaced int, err error) {
	return r.nested(dst, doc, c, false, 0)
}

// nested does so for a document in depth strings. secret says that it is a
// Secret or a patch of one.
func (r *Redactor) nested(dst, doc []byte, c Context, secret bool, depth int) (out []byte, replaced int, err error) {
	w := &r.walkers[depth]
	w.reset(r, doc, c, depth)
	if err := w.run(secret); err != nil {
		return nil, 0, fmt.Errorf("redact document: %w", err)
	}
	if len(w.edits) == 0 {
		return doc, 0, nil
	}
	slices.SortStableFunc(w.edits, compareEdits)
	at := 0
	for i, e := range w.edits {
		if i > 0 && e.start == w.edits[i-1].start {
			continue // of a value that is replaced as a whole
		}
		dst = append(dst, doc[at:e.start]...)
		dst = append(dst, w.texts[e.text.start:e.text.end]...)
		at = e.end
		replaced += e.count
	}
	return append(dst, doc[at:]...), replaced, nil
}

// An edit replaces a token of the document.
type edit struct {
	span
	whole bool // rather than parts of its text
	text  span // of walker.texts, JSON
	count int  // of secrets
}

// compareEdits orders edits by place, of one place that of the whole first.
func compareEdits(a, b edit) int {
	if a.start != b.start {
		return a.start - b.start
	}
	if a.whole != b.whole {
		if a.whole {
			return -1
		}
		return 1
	}
	return 0
}

// value returns what a marker is made of: the value, out of its base64 where
// it is data of a Secret, so that the same secret in plain text is seen to be
// equal.
func value(text []byte, encoded bool) []byte {
	if !encoded {
		return text
	}
	plain, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return text
	}
	return plain
}

// replace notes that the token at s is replaced by a marker of its text.
func (w *walker) replace(s span, text []byte, encoded bool) {
	if len(text) == 0 || isMarker(text) {
		return
	}
	start := len(w.texts)
	w.texts = append(w.texts, '"')
	w.texts = w.r.markers.append(w.texts, value(text, encoded))
	w.texts = append(w.texts, '"')
	w.edits = append(w.edits, edit{s, true, span{start, len(w.texts)}, 1})
}

// rewrite notes that the token at s gets another text.
func (w *walker) rewrite(s span, text []byte, count int) {
	start := len(w.texts)
	w.texts = rawjson.AppendQuoted(w.texts, text)
	w.edits = append(w.edits, edit{s, false, span{start, len(w.texts)}, count})
}
