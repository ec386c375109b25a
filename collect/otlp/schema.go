package otlp

import "github.com/lynceus-io/lynceus/collect/foreign/protobuf"

// The messages, by the numbers of opentelemetry-proto 1.x: common/v1, resource/v1,
// logs/v1 and trace/v1. The bodies of requests are LogsData and TracesData by
// another name.
var (
	resourceType = protobuf.New(protobuf.Subs(1, "attributes", keyValue))
	scopeType    = protobuf.New(
		protobuf.F(1, "name", protobuf.Text), protobuf.F(2, "version", protobuf.Text), protobuf.Subs(3, "attributes", keyValue),
	)
	logRecord = protobuf.New(
		protobuf.F(1, "timeUnixNano", protobuf.Time), protobuf.F(11, "observedTimeUnixNano", protobuf.Time),
		protobuf.F(2, "severityNumber", protobuf.Enum), protobuf.F(3, "severityText", protobuf.Text),
		protobuf.Sub(5, "body", anyValue), protobuf.Subs(6, "attributes", keyValue),
		protobuf.F(9, "traceId", protobuf.Hex), protobuf.F(10, "spanId", protobuf.Hex), protobuf.F(12, "eventName", protobuf.Text),
	)
	spanEvent = protobuf.New(
		protobuf.F(1, "timeUnixNano", protobuf.Time), protobuf.F(2, "name", protobuf.Text), protobuf.Subs(3, "attributes", keyValue),
	)
	spanLink = protobuf.New(
		protobuf.F(1, "traceId", protobuf.Hex), protobuf.F(2, "spanId", protobuf.Hex), protobuf.Subs(4, "attributes", keyValue),
	)
	spanStatus = protobuf.New(protobuf.F(2, "message", protobuf.Text), protobuf.F(3, "code", protobuf.Enum))
	spanType   = protobuf.New(
		protobuf.F(1, "traceId", protobuf.Hex), protobuf.F(2, "spanId", protobuf.Hex), protobuf.F(3, "traceState", protobuf.Text),
		protobuf.F(4, "parentSpanId", protobuf.Hex), protobuf.F(5, "name", protobuf.Text), protobuf.F(6, "kind", protobuf.Enum),
		protobuf.F(7, "startTimeUnixNano", protobuf.Time), protobuf.F(8, "endTimeUnixNano", protobuf.Time),
		protobuf.Subs(9, "attributes", keyValue), protobuf.Subs(11, "events", protobuf.One(spanEvent)),
		protobuf.Subs(13, "links", protobuf.One(spanLink)), protobuf.Sub(15, "status", protobuf.One(spanStatus)),
	)
	logsData   = protobuf.New(protobuf.Subs(1, "resourceLogs", protobuf.One(group("scopeLogs", "logRecords", logRecord))))
	tracesData = protobuf.New(protobuf.Subs(1, "resourceSpans", protobuf.One(group("scopeSpans", "spans", spanType))))
)

// group returns the message of what one resource told.
func group(scopes, records string, of *protobuf.Message) *protobuf.Message {
	byScope := protobuf.New(protobuf.Sub(1, "scope", protobuf.One(scopeType)), protobuf.Subs(2, records, protobuf.One(of)))
	return protobuf.New(protobuf.Sub(1, "resource", protobuf.One(resourceType)), protobuf.Subs(2, scopes, protobuf.One(byScope)))
}

// keyValue and anyValue are functions since values may hold values.
func keyValue() *protobuf.Message {
	return protobuf.New(protobuf.F(1, "key", protobuf.Text), protobuf.Sub(2, "value", anyValue))
}

func anyValue() *protobuf.Message {
	return protobuf.New(
		protobuf.F(1, "stringValue", protobuf.Text), protobuf.F(2, "boolValue", protobuf.Bool), protobuf.F(3, "intValue", protobuf.Int),
		protobuf.F(4, "doubleValue", protobuf.Double), protobuf.Sub(5, "arrayValue", listOf(anyValue)),
		protobuf.Sub(6, "kvlistValue", listOf(keyValue)), protobuf.F(7, "bytesValue", protobuf.Bytes),
	)
}

// listOf returns the message around a list of values.
func listOf(of func() *protobuf.Message) func() *protobuf.Message {
	return func() *protobuf.Message {
		return protobuf.New(protobuf.Subs(1, "values", of))
	}
}
