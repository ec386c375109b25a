package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

// WriteJSON writes the document of a run, indented.
func WriteJSON(w io.Writer, r *Result) error {
	b, err := Encode(NewScan(r), "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// WriteJSONL writes the document of each finding on a line of its own.
func WriteJSONL(w io.Writer, r *Result) error {
	for _, f := range NewFindings(r) {
		b, err := Encode(f, "")
		if err != nil {
			return err
		}
		if _, err := w.Write(append(b, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// Encode returns v as JSON that may be shown on a terminal: every character
// that is not printable stands as an escape, so that what an attacker wrote
// into a name cannot steer the reader's terminal, and reads back as it was.
// With an indent, nested values stand on lines of their own.
func Encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return Escape(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// Escape writes the characters of a JSON document that a terminal may obey or
// hide (controls, marks of direction, characters without width) as \u escapes.
// In JSON they stand in strings only.
func Escape(doc []byte) []byte {
	var out []byte // nil until something had to be escaped
	for i := 0; i < len(doc); {
		r, n := rune(doc[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(doc[i:])
		}
		switch {
		case r == '\n' || r >= ' ' && r < 0x7f || r > 0x7f && unicode.IsPrint(r):
			if out != nil {
				out = append(out, doc[i:i+n]...)
			}
		default:
			if out == nil {
				out = append(make([]byte, 0, len(doc)+64), doc[:i]...)
			}
			if r > 0xffff {
				r -= 0x10000
				out = fmt.Appendf(out, `\u%04x`, 0xd800+r>>10)
				r = 0xdc00 + r&0x3ff
			}
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += n
	}
	if out == nil {
		return doc
	}
	return out
}
