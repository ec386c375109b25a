package redact

import (
	"bytes"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// scalar looks at a text, number or literal.
func (w *walker) scalar(tok rawjson.Token) {
	s := tokenSpan(tok)
	if tok.Value == rawjson.String || tok.Value == rawjson.Number {
		text := w.text(tok)
		if f := w.top(); f != nil {
			w.inFrame(f, tok, s, text)
		} else if tok.Value == rawjson.String {
			w.content(s, text, false)
		}
	}
	w.ended(s)
}

// inFrame looks at a text or number in an object or list.
func (w *walker) inFrame(f *frame, tok rawjson.Token, s span, text []byte) {
	name := f.name
	if f.array {
		name = f.label
	}
	switch {
	case f.whole:
		w.replace(s, text, f.base64)
	case !f.array && isData(name) && (f.secret || f.kind == kindSecret):
		w.replace(s, text, string(name) == "data")
	case w.r.classOf(lastName(name)) == secretName && !isReference(text) && !isTags(f.label):
		w.replace(s, text, false)
	case tok.Value == rawjson.Number:
	case w.c.SecretBodies && string(name) == "message" && quotesBody(text):
		w.replace(s, text, false)
	case f.words >= 0:
		w.words = append(w.words, wordToken{s, bytes.Clone(text)})
	case !f.array && w.depth == 0 && len(w.frames) == 1 && string(name) == "requestURI":
		w.uri(s, text)
	case string(name) == "accessKeyId" && isAccessKeyID(text):
	default:
		if !f.array {
			f.tell(name, text, w.r)
		}
		w.content(s, text, f.secret)
	}
}

// quotesBody reports whether an API server's message repeats a part of what
// was sent: after "Invalid value: " where a field is refused, and between
// "...|" and "|..." where the body could not be decoded (API servers before
// 1.24).
func quotesBody(message []byte) bool {
	return bytes.Contains(message, []byte("Invalid value: ")) || bytes.Contains(message, []byte("...|"))
}

// isTags reports whether the members of an object are tags, whose names say
// what they tag: the annotation authentication.k8s.io/legacy-token of an audit
// event has the name of a Secret.
func isTags(label []byte) bool {
	switch string(label) {
	case "annotations", "labels", "matchLabels", "selector", "nodeSelector":
		return true
	}
	return false
}

// tell notes what a member says about its neighbours.
func (f *frame) tell(name, text []byte, r *Redactor) {
	switch string(name) {
	case "kind":
		switch string(text) {
		case "Secret":
			f.kind = kindSecret
		case "SecretList":
			f.kind = kindSecretList
		default:
			f.kind = max(f.kind, kindOther) // named again, a Secret stays one
		}
	case "name", "key": // key: a header or an attribute
		f.pairClass = max(f.pairClass, r.classOf(lastName(text)))
	case "op":
		f.op = true
	case "path":
		f.opPath = pathOf(text)
	}
}

// isAccessKeyID reports whether a text is an access key ID of AWS and nothing
// else. The authenticator of EKS reports them to name the credential used, and
// CloudTrail is searched by them.
func isAccessKeyID(text []byte) bool {
	return len(text) == 20 && (bytes.HasPrefix(text, []byte("AKIA")) || bytes.HasPrefix(text, []byte("ASIA")))
}

// content looks into a text: a document, or any other. secret says that it
// stands in the body of a Secret.
func (w *walker) content(s span, text []byte, secret bool) {
	if looksLikeJSON(text) && w.depth+1 < maxNested {
		suspect, _ := w.r.table.suspect(text)
		if !suspect && !secret {
			return
		}
		out, n, err := w.r.nested(nil, text, Context{}, secret, w.depth+1)
		if err == nil {
			if n > 0 {
				w.rewrite(s, out, n)
			}
			return
		}
	}
	if w.c.Commands && bytes.IndexByte(text, ' ') > 0 {
		w.script(s, text)
		return
	}
	if out, n := w.r.text(nil, text, true); n > 0 {
		w.rewrite(s, out, n)
	}
}

// script replaces the secrets in a text that may be a command line.
func (w *walker) script(s span, text []byte) {
	var out []byte
	at, n := 0, 0
	for _, f := range w.r.table.shell(text, false) {
		if inMarker(text, f) {
			continue
		}
		out = append(out, text[at:f.start]...)
		out = w.r.markers.append(out, text[f.start:f.end])
		at = f.end
		n++
	}
	if n > 0 {
		w.rewrite(s, append(out, text[at:]...), n)
	}
}

// looksLikeJSON reports whether a text begins and ends as an object or list.
func looksLikeJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	if len(text) < 2 {
		return false
	}
	first, last := text[0], text[len(text)-1]
	return first == '{' && last == '}' || first == '[' && last == ']'
}
