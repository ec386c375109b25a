package otlp

import (
	"encoding/json"

	"github.com/lynceus-io/lynceus/collect/foreign"
)

// message is what is exported at once: logs or traces. Records stay text until
// they are read, so that they can be kept as they came.
type message struct {
	Logs  []resourceGroup `json:"resourceLogs"`
	Spans []resourceGroup `json:"resourceSpans"`
}

type resourceGroup struct {
	Resource   json.RawMessage `json:"resource"`
	ScopeLogs  []scopeGroup    `json:"scopeLogs"`
	ScopeSpans []scopeGroup    `json:"scopeSpans"`
}

type scopeGroup struct {
	Scope   json.RawMessage   `json:"scope"`
	Records []json.RawMessage `json:"logRecords"`
	Spans   []json.RawMessage `json:"spans"`
}

// resource is who told it.
type resource struct {
	Attributes attributes `json:"attributes"`
}

// scope is what in it wrote the record.
type scope struct {
	Name string `json:"name"`
}

// record is a log record.
type record struct {
	Time       json.Number `json:"timeUnixNano"`
	Observed   json.Number `json:"observedTimeUnixNano"`
	Number     json.Number `json:"severityNumber"`
	Severity   string      `json:"severityText"`
	Body       value       `json:"body"`
	Attributes attributes  `json:"attributes"`
	TraceID    string      `json:"traceId"`
	SpanID     string      `json:"spanId"`
}

// span is a step of a trace.
type span struct {
	TraceID    string          `json:"traceId"`
	SpanID     string          `json:"spanId"`
	ParentID   string          `json:"parentSpanId"`
	Name       string          `json:"name"`
	Kind       json.RawMessage `json:"kind"` // a number, or a name such as SPAN_KIND_SERVER
	Start      json.Number     `json:"startTimeUnixNano"`
	End        json.Number     `json:"endTimeUnixNano"`
	Attributes attributes      `json:"attributes"`
	Status     struct {
		Code json.RawMessage `json:"code"` // likewise
	} `json:"status"`
}

// attributes are names with values.
type attributes []struct {
	Key   string `json:"key"`
	Value value  `json:"value"`
}

// value is an AnyValue: one member is there.
type value struct {
	raw    json.RawMessage
	String *string      `json:"stringValue"`
	Int    *json.Number `json:"intValue"`
}

// UnmarshalJSON keeps what is neither text nor a number as it stands.
func (v *value) UnmarshalJSON(b []byte) error {
	type plain value // without this method
	var p plain
	if err := foreign.Unmarshal(b, &p); err != nil {
		return err
	}
	*v = value(p)
	v.raw = append(json.RawMessage(nil), b...)
	return nil
}

// text returns the value as text.
func (v *value) text() string {
	switch {
	case v.String != nil:
		return *v.String
	case v.Int != nil:
		return v.Int.String()
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(v.raw, &members) == nil {
		for _, m := range members {
			return string(m)
		}
	}
	return ""
}

// get returns the text of the first attribute there is.
func (a attributes) get(names ...string) string {
	for _, name := range names {
		for i := range a {
			if a[i].Key == name {
				if text := a[i].Value.text(); text != "" {
					return text
				}
			}
		}
	}
	return ""
}
