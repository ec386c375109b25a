package hubble

import (
	"errors"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/foreign/protobuf"
	"github.com/lynceus-io/lynceus/event/rawjson"
	"github.com/lynceus-io/lynceus/internal/foreigntest"
	"github.com/lynceus-io/lynceus/internal/relaytest"
)

var at = time.Date(2026, 1, 1, 10, 0, 5, 123456789, time.UTC)

const trace = "4bf92f3577b34da6a3ce929d0e0e4736"

// What the relay sends becomes the document that Hubble exports, and its row.
func TestAppendJSON(t *testing.T) {
	http := relaytest.Message(15, relaytest.Number(1, 1), relaytest.Message(101, relaytest.Text(2, "GET"), relaytest.Text(3, "/items"),
		relaytest.Message(5, relaytest.Text(1, "traceparent"), relaytest.Text(2, "00-"+trace+"-00f067aa0ba902b7-01"))))
	for _, test := range []struct {
		name       string
		in         []byte
		want, line string
	}{
		{"a flow", relaytest.Flow("kind/node-1", "5c6d", at, relaytest.Trace(trace), http),
			`{"flow":{"time":"2026-01-01T10:00:05.123456789Z","uuid":"5c6d","verdict":"FORWARDED","IP":{"source":"10.244.0.7","destination":"10.244.0.8","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":40000,"destination_port":8080,"flags":{"SYN":true}}},"source":{"namespace":"shop","pod_name":"web-1","workloads":[{"name":"web","kind":"Deployment"}]},"destination":{"namespace":"shop","pod_name":"db-1"},"Type":"L3_L4","node_name":"kind/node-1","l7":{"type":"REQUEST","http":{"method":"GET","url":"/items","headers":[{"key":"traceparent","value":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}]}},"traffic_direction":"EGRESS","is_reply":false,"trace_context":{"parent":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}}},"node_name":"kind/node-1","time":"2026-01-01T10:00:05.123456789Z"}`,
			`{"class":"network","time":"2026-01-01T10:00:05.123456789Z","k8s.namespace":"shop","k8s.pod":"web-1","k8s.workload_kind":"Deployment","k8s.workload":"web","k8s.node":"node-1","src_endpoint.ip":"10.244.0.7","src_endpoint.port":40000,"dst_endpoint.ip":"10.244.0.8","dst_endpoint.port":8080,"status":"Success","activity":"Open","connection_info.protocol_name":"tcp","connection_info.initiated":true,"src_endpoint.kind":"pod","src_endpoint.namespace":"shop","src_endpoint.name":"web-1","src_endpoint.workload":"Deployment/web","dst_endpoint.kind":"pod","dst_endpoint.namespace":"shop","dst_endpoint.name":"db-1","trace.uid":"4bf92f3577b34da6a3ce929d0e0e4736","trace.span.uid":"00f067aa0ba902b7","http_request.http_method":"GET","connection_info.verdict":"FORWARDED","connection_info.reply":false,"connection_info.http_url":"/items"}`},
		{"a loss", relaytest.Lost("node-1", 7, at), `{"lost_events":{"source":"OBSERVER_EVENTS_QUEUE","num_events_lost":"7"},"node_name":"node-1","time":"2026-01-01T10:00:05.123456789Z"}`,
			`{"class":"health","time":"2026-01-01T10:00:05.123456789Z","k8s.node":"node-1","status":"Failure","message":"Hubble lost flows: OBSERVER_EVENTS_QUEUE","coverage.lost":7,"coverage.missing_queue":7}`},
	} {
		got, err := AppendJSON(nil, test.in)
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", test.name, err, got, test.want)
		}
		rows, _ := foreigntest.Read(t, string(got), Format)
		if len(rows) != 1 || rows[0].Line != test.line {
			t.Errorf("%s: %+v", test.name, rows)
		}
	}
	if out, err := AppendJSON(nil, []byte("{")); !errors.Is(err, ErrProtobuf) {
		t.Errorf("%s, %v", out, err)
	}
}

func TestFlowsRequest(t *testing.T) {
	if got := relaytest.Since(FlowsRequest(at)); !got.Equal(at) {
		t.Errorf("%v", got)
	}
}

func FuzzAppendJSON(f *testing.F) {
	f.Add(relaytest.Flow("n", "u", at, relaytest.Trace(trace)))
	f.Add(relaytest.Lost("n", 1, at))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := AppendJSON(nil, in)
		if err != nil {
			return
		}
		if fault := rawjson.Valid(out, 4*protobuf.MaxDepth); fault != nil {
			t.Errorf("%s: %v", out, fault)
		}
	})
}
