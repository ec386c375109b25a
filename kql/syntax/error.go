package syntax

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxErrors is how many errors of one query are reported: later ones mostly
// follow from earlier ones.
const maxErrors = 20

// Error is one thing wrong with a query, and where.
type Error struct {
	Span
	// Line and Column count from 1; Column counts characters.
	Line, Column int
	// Message is a sentence without a full stop.
	Message string
	// Suggestion is what to write instead, where something near exists.
	Suggestion string
	// Snippet is the source line, and below it a line with carets under the
	// span.
	Snippet string
}

// Error returns "line:column: message", and the suggestion if there is one.
func (e *Error) Error() string {
	s := fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
	if e.Suggestion != "" {
		s += "; " + e.Suggestion
	}
	return s
}

// Render returns the error with the source line and a caret, for people.
func (e *Error) Render() string { return e.Error() + "\n" + e.Snippet }

// Errors are all errors of a query in order of position.
type Errors []*Error

// Error returns one line for each error.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single errors.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// Describe returns all of err's language errors with their source lines; the
// plain text of an error that is none.
func Describe(err error) string {
	var es Errors
	var e *Error
	switch {
	case errors.As(err, &es):
		parts := make([]string, len(es))
		for i, e := range es {
			parts[i] = e.Render()
		}
		return strings.Join(parts, "\n")
	case errors.As(err, &e):
		return e.Render()
	case err == nil:
		return ""
	}
	return err.Error()
}

// Reporter gathers the errors of one text. Its zero value with Text set is
// ready for use.
type Reporter struct {
	Text string
	errs Errors
}

// Report notes an error. The suggestion may be empty.
func (r *Reporter) Report(at Span, suggestion, format string, args ...any) {
	if r.Full() {
		return
	}
	e := NewError(r.Text, at, fmt.Sprintf(format, args...))
	e.Suggestion = suggestion
	if !slices.ContainsFunc(r.errs, func(o *Error) bool { return o.Start == e.Start && o.Message == e.Message }) {
		r.errs = append(r.errs, e)
	}
}

// Full reports whether further errors will not be kept.
func (r *Reporter) Full() bool { return len(r.errs) >= maxErrors }

// Failed reports whether anything was reported.
func (r *Reporter) Failed() bool { return len(r.errs) > 0 }

// Err returns what was reported as Errors, nil when nothing was.
func (r *Reporter) Err() error {
	if len(r.errs) == 0 {
		return nil
	}
	slices.SortStableFunc(r.errs, func(a, b *Error) int { return cmp.Compare(a.Start, b.Start) })
	return r.errs
}

// NewError returns an error at a span of text.
func NewError(text string, at Span, message string) *Error {
	at.Start = min(max(at.Start, 0), len(text))
	at.End = min(max(at.End, at.Start), len(text))
	from := strings.LastIndexByte(text[:at.Start], '\n') + 1
	to := len(text)
	if i := strings.IndexByte(text[at.Start:], '\n'); i >= 0 {
		to = at.Start + i
	}
	e := &Error{Span: at, Message: message}
	e.Line = strings.Count(text[:from], "\n") + 1
	e.Column = utf8.RuneCountInString(text[from:at.Start]) + 1
	e.Snippet = snippet(text, from, to, at)
	return e
}

// snippetWidth is how much of a long line is shown, in bytes.
const snippetWidth = 160

// snippet returns text[from:to], shortened to what surrounds at, and carets.
func snippet(text string, from, to int, at Span) string {
	before, after := "", ""
	if to-from > snippetWidth {
		if lo := at.Start - snippetWidth/2; lo > from {
			from, before = nextRune(text, lo), "…"
		}
		if hi := from + snippetWidth; hi < to {
			to, after = nextRune(text, hi), "…"
		}
	}
	var pad, line strings.Builder
	for i, c := range text[from:to] {
		if c < ' ' || c == utf8.RuneError { // a tab or a stray byte would shift the caret
			c = ' '
		}
		line.WriteRune(c)
		if from+i < at.Start {
			pad.WriteByte(' ')
		}
	}
	if before != "" {
		pad.WriteByte(' ')
	}
	width := 1
	if end := min(at.End, to); end > at.Start {
		width = max(utf8.RuneCountInString(text[at.Start:end]), 1)
	}
	return before + strings.TrimRight(line.String(), " ") + after + "\n" + pad.String() + strings.Repeat("^", width)
}

// nextRune returns the first index from i on at which a character starts.
func nextRune(text string, i int) int {
	for i < len(text) && !utf8.RuneStart(text[i]) {
		i++
	}
	return i
}
