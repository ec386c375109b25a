package foreign

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// TraceID sets the trace that a row is a part of. An id that is none, or that
// says there is no trace, is left out.
func TraceID(e *event.Event, id string) {
	if id = strings.ToLower(id); isID(id, 32) {
		event.TraceUID.Set(e, id)
	}
}

// SpanID sets a field to the id of a span, likewise.
func SpanID(e *event.Event, f event.StringField, id string) {
	if id = strings.ToLower(id); isID(id, 16) {
		f.Set(e, id)
	}
}

// TraceParent sets trace and span as the HTTP header traceparent has them
// (https://www.w3.org/TR/trace-context/#traceparent-header).
func TraceParent(e *event.Event, header string) {
	parts := strings.Split(strings.TrimSpace(header), "-")
	if len(parts) < 4 || len(parts[0]) != 2 || parts[0] == "ff" || !isID(parts[1], 32) || !isID(parts[2], 16) {
		return
	}
	event.TraceUID.Set(e, parts[1])
	event.TraceSpanUID.Set(e, parts[2])
}

// isID reports whether text is n hexadecimal digits in lower case, not all of
// them zero.
func isID(text string, n int) bool {
	return len(text) == n && strings.Trim(text, "0123456789abcdef") == "" && strings.Trim(text, "0") != ""
}
