package otlp

import (
	"errors"
	"math"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/lynceus-io/lynceus/collect/foreign/protobuf"
	"github.com/lynceus-io/lynceus/event/rawjson"
	"github.com/lynceus-io/lynceus/internal/foreigntest"
)

// message, text and the like write fields of a message.
func nested(n protowire.Number, parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return protowire.AppendBytes(protowire.AppendTag(nil, n, protowire.BytesType), b)
}

func text(n protowire.Number, s string) []byte { return nested(n, []byte(s)) }

func fixed(n protowire.Number, v uint64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(nil, n, protowire.Fixed64Type), v)
}

func varint(n protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, n, protowire.VarintType), v)
}

func attribute(n protowire.Number, key string, value ...[]byte) []byte {
	return nested(n, text(1, key), nested(2, value...))
}

const traceID = "\x4b\xf9\x2f\x35\x77\xb3\x4d\xa6\xa3\xce\x92\x9d\x0e\x0e\x47\x36"

func exampleLogs() []byte {
	record := nested(2, fixed(1, 1767261605123456789), varint(2, 17), text(3, "Error"), nested(5, text(1, "out of \"memory\"")),
		attribute(6, "n", varint(3, math.MaxUint64)), attribute(6, "d", fixed(4, math.Float64bits(1.5))), attribute(6, "b", varint(2, 1)),
		attribute(6, "l", nested(5, nested(1, text(1, "x")), nested(1, text(7, "\x00")))), text(9, traceID), text(10, "\x00\xf0\x67\xaa\x0b\xa9\x02\xb7"),
		varint(99, 1))
	return nested(1, nested(1, attribute(1, "service.name", text(1, "checkout"))), nested(2, nested(1, text(1, "app")), record))
}

func exampleTraces() []byte {
	span := nested(2, text(1, traceID), text(2, "\x00\xf0\x67\xaa\x0b\xa9\x02\xb7"), text(5, "GET"), varint(6, 3), fixed(7, 1767261605000000000), fixed(8, 1767261605001000000), nested(15, varint(3, 2)))
	return nested(1, nested(2, span))
}

func TestJSON(t *testing.T) {
	for _, test := range []struct {
		signal     Signal
		body       []byte
		want, line string
	}{
		{Logs, exampleLogs(),
			`{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"checkout"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1767261605123456789","severityNumber":17,"severityText":"Error","body":{"stringValue":"out of \"memory\""},"attributes":[{"key":"n","value":{"intValue":"-1"}},{"key":"d","value":{"doubleValue":1.5}},{"key":"b","value":{"boolValue":true}},{"key":"l","value":{"arrayValue":{"values":[{"stringValue":"x"},{"bytesValue":"AA=="}]}}}],"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7"}]}]}]}`,
			`{"class":"log","time":"2026-01-01T10:00:05.123456789Z","message":"out of \"memory\"","trace.uid":"4bf92f3577b34da6a3ce929d0e0e4736","trace.span.uid":"00f067aa0ba902b7","trace.service":"checkout","log.severity":"Error","log.name":"app"}`},
		{Traces, exampleTraces(),
			`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","name":"GET","kind":3,"startTimeUnixNano":"1767261605000000000","endTimeUnixNano":"1767261605001000000","status":{"code":2}}]}]}]}`,
			`{"class":"span","time":"2026-01-01T10:00:05Z","status":"Failure","trace.uid":"4bf92f3577b34da6a3ce929d0e0e4736","trace.span.uid":"00f067aa0ba902b7","trace.span.operation":"GET","trace.span.kind":"client","trace.span.duration_us":1000}`},
	} {
		got, err := JSON(test.signal, test.body)
		if err != nil || string(got) != test.want {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, test.want)
		}
		rows, _ := foreigntest.Read(t, string(got), Format)
		if len(rows) != 1 || rows[0].Line != test.line {
			t.Errorf("%+v", rows)
		}
	}
}

func TestNotProtobuf(t *testing.T) {
	deep := text(1, "x")
	for range 2 * protobuf.MaxDepth {
		deep = nested(5, nested(1, deep))
	}
	for name, body := range map[string][]byte{
		"JSON": []byte(`{"resourceLogs":[]}`), "cut off": exampleLogs()[:40], "another type": fixed(1, 1),
		"deep": nested(1, nested(2, nested(2, nested(5, deep)))),
	} {
		if out, err := JSON(Logs, body); !errors.Is(err, ErrProtobuf) {
			t.Errorf("%s: %s, %v", name, out, err)
		}
	}
}

// No attribute whose name announces a secret keeps its value.
func TestSecrets(t *testing.T) {
	rows, _ := foreigntest.Read(t, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":"x"},"attributes":[{"key":"db.password","value":{"stringValue":"hunter2hunter2"}}]}]}]}]}`, Format)
	if len(rows) != 1 || strings.Contains(rows[0].Raw, "hunter2") {
		t.Errorf("%+v", rows)
	}
}

func FuzzJSON(f *testing.F) {
	f.Add(exampleLogs(), true)
	f.Add(exampleTraces(), false)
	f.Fuzz(func(t *testing.T, body []byte, logs bool) {
		signal := Traces
		if logs {
			signal = Logs
		}
		out, err := JSON(signal, body)
		if err != nil {
			return
		}
		if fault := rawjson.Valid(out, 4*protobuf.MaxDepth); fault != nil {
			t.Errorf("%s: %v", out, fault)
		}
	})
}
