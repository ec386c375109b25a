//go:build linux

package sensorcmd

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

func TestCompactNetwork(t *testing.T) {
	talk := func(class event.Class, activity string, fill func(*event.Event)) *event.Event {
		e := &event.Event{Class: class}
		event.Activity.Set(e, activity)
		event.ActorProcessPID.Set(e, 4711)
		event.ActorProcessName.Set(e, "curl")
		event.SrcEndpointIP.Set(e, "10.0.0.7")
		event.SrcEndpointPort.Set(e, 40000)
		event.DstEndpointIP.Set(e, "2001:db8::1")
		event.DstEndpointPort.Set(e, 443)
		event.ConnectionInfoProtocolName.Set(e, "tcp")
		fill(e)
		return e
	}
	const begin = "00:00:00.000  "
	for _, tt := range []struct {
		e    *event.Event
		want string
	}{
		{talk(event.ClassNetwork, "Open", func(e *event.Event) {
			event.DstEndpointHostname.Set(e, "a.example")
			event.ConnectionInfoError.Set(e, "ECONNREFUSED")
		}), "Open                        4711  curl  10.0.0.7:40000 > [2001:db8::1]:443 (a.example)  tcp  ECONNREFUSED"},
		{talk(event.ClassNetwork, "Close", func(e *event.Event) {
			event.TrafficBytesIn.Set(e, 5)
			event.TrafficBytesOut.Set(e, 7)
		}), "Close                       4711  curl  10.0.0.7:40000 > [2001:db8::1]:443  tcp  5 bytes in, 7 out"},
		{talk(event.ClassDNS, "Response", func(e *event.Event) {
			event.QueryType.Set(e, "A")
			event.QueryHostname.Set(e, "a\x1b.example")
			event.Rcode.Set(e, "NOERROR")
			event.Answers.Set(e, []string{"192.0.2.1"})
		}), `Response                    4711  curl  A "a\x1b.example"  10.0.0.7:40000 > [2001:db8::1]:443  tcp  NOERROR 192.0.2.1`},
	} {
		if got := string(appendCompact(nil, tt.e)); got != begin+tt.want {
			t.Errorf("got  %s\nwant %s", got, begin+tt.want)
		}
	}
	u := &event.Event{Class: event.ClassNetwork}
	event.Activity.Set(u, "Open")
	event.ConnectionInfoFamily.Set(u, "unix")
	event.ConnectionInfoSocketType.Set(u, "stream")
	event.ConnectionInfoSocketPath.Set(u, "/run/x.sock")
	if got, want := string(appendCompact(nil, u)), begin+"Open                           0    /run/x.sock  unix stream"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
