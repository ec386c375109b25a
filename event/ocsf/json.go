package ocsf

import (
	"strings"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// writeJSON writes a field that holds JSON as that JSON, without the white
// space between its parts, so that a document stays one line. What is no JSON,
// or is nested too deeply (rawjson.DefaultMaxDepth), is written as text.
func writeJSON(dst []byte, e *event.Event, id event.FieldID) []byte {
	text, _ := e.Text(id)
	start := len(dst)
	dst = append(dst, text...)
	if rawjson.Valid(dst[start:], 0) != nil {
		return rawjson.AppendQuoted(dst[:start], text)
	}
	if !utf8.Valid(dst[start:]) {
		dst = append(dst[:start], strings.ToValidUTF8(text, "\uFFFD")...)
	}
	return compact(dst, start)
}

// compact removes the white space between the parts of the valid JSON that
// stands in doc from start on.
func compact(doc []byte, start int) []byte {
	end, inString := start, false
	for i := start; i < len(doc); i++ {
		c := doc[i]
		switch c {
		case '"':
			inString = !inString
		case '\\': // of an escape, which is at least one byte more
			doc[end] = c
			end++
			i++
			c = doc[i]
		case ' ', '\t', '\r', '\n':
			if !inString {
				continue
			}
		}
		doc[end] = c
		end++
	}
	return doc[:end]
}
