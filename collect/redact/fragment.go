package redact

import "bytes"

// Fragment appends what may be kept of a text that should have been a JSON
// document and is none, so that nobody can tell what in it is a secret:
// its punctuation, the names that every audit document has, the values that
// say which document it was (its identity, stage, verb, times), and for
// everything else the texts that replace secrets. It stops after max bytes of
// text.
func (r *Redactor) Fragment(dst, text []byte, max int) []byte {
	text = text[:min(len(text), max)]
	name := "" // the last known name that a value may follow
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			end, closed := fragmentString(text, i)
			content := text[i+1 : end]
			if closed {
				end++
			}
			dst = append(dst, '"')
			switch after := run(text, end, isSpace); {
			case closed && after < len(text) && text[after] == ':' && fragmentNames[string(content)] != hidden:
				name = string(content)
				dst = append(dst, content...)
			case closed && fragmentNames[name] == shown && isPlain(content):
				dst = append(dst, content...)
				name = ""
			case len(content) > 0:
				dst = r.markers.append(dst, content)
				name = ""
			}
			if closed {
				dst = append(dst, '"')
			}
			i = end
		case isSpace(c) || bytes.IndexByte([]byte("{}[],:"), c) >= 0:
			if c != ':' && !isSpace(c) {
				name = ""
			}
			dst = append(dst, c)
			i++
		default:
			end := i
			for end < len(text) && text[end] != '"' && !isSpace(text[end]) && bytes.IndexByte([]byte("{}[],:"), text[end]) < 0 {
				end++
			}
			if word := text[i:end]; tellsNothing(word) {
				dst = append(dst, word...)
			} else {
				dst = r.markers.append(dst, word)
			}
			i = end
		}
	}
	return dst
}

// fragmentString returns where the string that begins at i ends: at its
// closing quote, or, unclosed, at the end of its line or of the text.
func fragmentString(text []byte, i int) (end int, closed bool) {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i, true
		case '\n':
			return i, false
		}
	}
	return len(text), false
}

// longestPlain is longer than any time, identity or verb.
const longestPlain = 64

// isPlain reports whether a value is a word that can say which document it
// was.
func isPlain(content []byte) bool {
	for _, c := range content {
		if !isWord(c) && c != '.' && c != ':' && c != '/' {
			return false
		}
	}
	return len(content) <= longestPlain
}

// tellsNothing reports whether a word outside of strings is one of JSON that
// tells nothing: true, false, null, a status code.
func tellsNothing(word []byte) bool {
	switch string(word) {
	case "true", "false", "null":
		return true
	}
	return len(word) <= 3 && run(word, 0, isDigit) == len(word)
}

// shownAs is what of a member may be kept in a fragment.
type shownAs uint8

const (
	hidden shownAs = iota // nothing
	named                 // its name
	shown                 // a plain value, too
)

// fragmentNames are members of audit documents. Facts from
// https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/.
var fragmentNames = map[string]shownAs{
	"kind": shown, "apiVersion": shown, "level": shown, "auditID": shown, "stage": shown, "verb": shown,
	"requestReceivedTimestamp": shown, "stageTimestamp": shown, "code": shown, "resource": shown, "apiGroup": shown,
	"items": named, "metadata": named, "requestURI": named, "user": named, "username": named, "uid": named, "groups": named,
	"extra": named, "impersonatedUser": named, "sourceIPs": named, "userAgent": named, "objectRef": named, "namespace": named,
	"name": named, "subresource": named, "responseStatus": named, "status": named, "reason": named, "message": named,
	"requestObject": named, "responseObject": named, "annotations": named, "spec": named, "data": named, "labels": named,
}
