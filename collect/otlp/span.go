package otlp

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/event"
)

// kinds are the kinds of spans by number, and their names without prefix.
var kinds = [...]string{"", "internal", "server", "client", "producer", "consumer"}

// set sets what a span says. Attributes are looked for under their names of
// today and those of before.
func (s *span) set(e *event.Event) {
	nanoseconds(e, event.Time, s.Start)
	start, err1 := strconv.ParseInt(s.Start.String(), 10, 64)
	end, err2 := strconv.ParseInt(s.End.String(), 10, 64)
	if err1 == nil && err2 == nil && end >= start && start > 0 {
		event.TraceSpanDurationUs.Set(e, (end-start)/1000)
	}
	foreign.TraceID(e, s.TraceID)
	foreign.SpanID(e, event.TraceSpanUID, s.SpanID)
	foreign.SpanID(e, event.TraceSpanParentUID, s.ParentID)
	foreign.Text(e, event.TraceSpanOperation, s.Name)
	kind := s.kind()
	foreign.Text(e, event.TraceSpanKind, kind)
	switch string(bytes.Trim(s.Status.Code, `"`)) {
	case "1", "STATUS_CODE_OK":
		event.Status.Set(e, "Success")
	case "2", "STATUS_CODE_ERROR":
		event.Status.Set(e, "Failure")
	default:
		event.Status.Set(e, "Unknown")
	}
	a := s.Attributes
	foreign.Text(e, event.HTTPRequestHTTPMethod, a.get("http.request.method", "http.method"))
	if code, err := strconv.ParseInt(a.get("http.response.status_code", "http.status_code"), 10, 32); err == nil {
		event.HTTPResponseCode.Set(e, code)
	}
	foreign.Text(e, event.TraceSpanURL, a.get("url.full", "http.url", "url.path", "http.target"))
	foreign.Text(e, event.TraceSpanAuditUID, a.get("audit-id")) // kube-apiserver's, k8s.io/apiserver/pkg/endpoints/handlers/trace_util.go
	s.peers(e, kind)
}

// peers sets who was asked, and by whom.
func (s *span) peers(e *event.Event, kind string) {
	a := s.Attributes
	foreign.Text(e, event.DstEndpointHostname, a.get("server.address", "net.peer.name", "http.host"))
	foreign.Address(e, event.SrcEndpointIP, a.get("client.address", "http.client_ip"))
	port := a.get("server.port", "net.peer.port")
	if kind == "client" {
		foreign.Address(e, event.DstEndpointIP, a.get("network.peer.address", "net.peer.ip", "net.sock.peer.addr"))
		if n := a.get("network.peer.port"); n != "" {
			port = n
		}
	} else if !event.SrcEndpointIP.Has(e) {
		foreign.Address(e, event.SrcEndpointIP, a.get("network.peer.address", "net.peer.ip", "net.sock.peer.addr"))
	}
	if n, err := strconv.ParseInt(port, 10, 32); err == nil {
		foreign.Port(e, event.DstEndpointPort, n)
	}
}

// kind returns the kind as a word, "" for one that is not said.
func (s *span) kind() string {
	var n int
	if json.Unmarshal(s.Kind, &n) == nil {
		if n > 0 && n < len(kinds) {
			return kinds[n]
		}
		return ""
	}
	var name string
	if json.Unmarshal(s.Kind, &name) != nil {
		return ""
	}
	name = strings.ToLower(strings.TrimPrefix(name, "SPAN_KIND_"))
	for _, k := range kinds {
		if k == name {
			return k
		}
	}
	return ""
}
