//go:build linux

package sensorcmd

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// appendTalk appends what a row about a connection or a question to the domain name system is about: the program, the two
// ends, and what came of it.
func appendTalk(dst []byte, e *event.Event) []byte {
	dst = append(append(dst, "  "...), printable(event.ActorProcessName.Get(e))...)
	if name := event.QueryHostname.Get(e); name != "" {
		dst = fmt.Appendf(dst, "  %s %s", event.QueryType.Get(e), printable(name))
	}
	dst = append(dst, "  "...)
	if src := endpoint(e, event.SrcEndpointIP, event.SrcEndpointPort); src != "" {
		dst = append(append(dst, src...), " > "...)
	}
	dst = append(dst, endpoint(e, event.DstEndpointIP, event.DstEndpointPort)...)
	dst = append(dst, printable(event.ConnectionInfoSocketPath.Get(e))...)
	if host := event.DstEndpointHostname.Get(e); host != "" {
		dst = fmt.Appendf(dst, " (%s)", printable(host))
	}
	kind := event.ConnectionInfoProtocolName.Get(e)
	if kind == "" {
		kind = strings.TrimSpace(event.ConnectionInfoFamily.Get(e) + " " + event.ConnectionInfoSocketType.Get(e))
	}
	dst = append(append(dst, "  "...), kind...)
	if bytes, ok := event.TrafficBytesIn.Get(e); ok {
		out, _ := event.TrafficBytesOut.Get(e)
		dst = fmt.Appendf(dst, "  %d bytes in, %d out", bytes, out)
	}
	if code := event.Rcode.Get(e); code != "" {
		dst = append(append(dst, "  "...), code...)
	}
	for _, answer := range event.Answers.Get(e) {
		dst = append(append(dst, ' '), printable(answer)...)
	}
	if failed := event.ConnectionInfoError.Get(e); failed != "" {
		dst = append(append(dst, "  "...), failed...)
	}
	return dst
}

// endpoint returns an address and a port, or nothing when there is none.
func endpoint(e *event.Event, ip event.StringField, port event.IntField) string {
	addr := ip.Get(e)
	n, ok := port.Get(e)
	if !ok {
		return addr
	}
	return net.JoinHostPort(addr, strconv.FormatInt(n, 10))
}
