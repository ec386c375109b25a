package audit

import (
	"errors"
	"io"
	"strings"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// maxProblems bounds the problems that are kept of one source. What is broken
// in one place is mostly broken in the same way in the others.
const maxProblems = 16

// advices say what to do about a fault of JSON, by words of its message. The
// first that fits counts.
var advices = []struct{ words, text string }{
	{"string without an end", "the JSON ends in the middle of a string; the file may still have been written when it was copied, or the line was cut"},
	{"unexpected end of input", "the JSON ends too early; the file may still have been written when it was copied, or the line was cut"},
	{"list is not closed", "the list has no end; what was in it up to here was read, but the file is probably incomplete"},
	{"control character in string", "a string has a control character in it; the line was probably cut off, or this is something else than JSON"},
	{"nested too deeply", "the document is nested more deeply than any Kubernetes object; it was left out"},
	{"larger than the limit", "the document is larger than any request to Kubernetes and was left out; its end is probably missing"},
	{"UTF-16", "the file is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8 FILE"},
	{"unexpected data after the value", "something follows the document in its line; two lines may have run together when the file was copied"},
}

// advice turns a fault of JSON into a sentence for the reader of a report.
func advice(msg string) string {
	for _, a := range advices {
		if strings.Contains(msg, a.words) {
			return a.text
		}
	}
	return "this is not valid JSON (" + msg + "); it was left out and reading went on after it"
}

// fileAdvice turns an error that ended the reading of a file into such a
// sentence.
func fileAdvice(err error) string {
	var syntax *rawjson.SyntaxError
	var whole interface{ ReadToEnd() bool }
	switch {
	case errors.As(err, &whole) && whole.ReadToEnd():
		return err.Error()
	case errors.As(err, &syntax):
		return advice(syntax.Msg)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the compressed file ends too early; what could be decompressed was read. Copy it again, or from a finished rotation"
	}
	return "reading stopped here: " + err.Error()
}
