//go:build linux

package sensor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/dns"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
)

// helpNameServer answers questions at an address, over UDP and TCP, until its standard input is closed: addresses of
// right4, and that there is no name that begins with "no".
func helpNameServer(args []string) error {
	u, err := net.ListenPacket("udp", args[0])
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	fmt.Println(u.LocalAddr())
	go func() {
		_ = helpWait(nil)
		u.Close()
		l.Close()
	}()
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			_ = nameOverTCP(c)
		}
	}()
	b := make([]byte, 4096)
	for {
		n, from, err := u.ReadFrom(b)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := u.WriteTo(answerTo(b[:n]), from); err != nil {
			return err
		}
	}
}

// nameOverTCP answers one question and sends the answer in two packets.
func nameOverTCP(c net.Conn) error {
	defer c.Close()
	size := make([]byte, 2)
	if _, err := io.ReadFull(c, size); err != nil {
		return err
	}
	b := make([]byte, binary.BigEndian.Uint16(size))
	if _, err := io.ReadFull(c, b); err != nil {
		return err
	}
	a := answerTo(b)
	a = append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a...)
	if _, err := c.Write(a[:len(a)-9]); err != nil {
		return err
	}
	time.Sleep(20 * time.Millisecond)
	_, err := c.Write(a[len(a)-9:])
	return err
}

// answerTo makes the answer to a question.
func answerTo(question []byte) []byte {
	m, err := dns.Parse(question)
	end := 12 + len(m.Name) + 2 + 4
	if err != nil || end > len(question) {
		return nil
	}
	out := slices.Clone(question[:end])
	binary.BigEndian.PutUint16(out[2:], 0x8180)
	clear(out[6:12])
	switch {
	case strings.HasPrefix(m.Name, "no"):
		out[3] |= 3
	case m.Type == dns.TypeA:
		out[7] = 1
		out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
		addr := netip.MustParseAddr(right4).As4()
		out = append(out, addr[:]...)
	}
	return out
}

// helpResolve asks a server, over a protocol, for the address of a name, and connects to a port there if it gets one.
func helpResolve(args []string) error {
	server, protocol, name, port := args[0], args[1], args[2], args[3]
	r := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, protocol, server)
	}}
	addrs, err := r.LookupNetIP(context.Background(), "ip4", name)
	if err != nil {
		fmt.Println(err)
		return nil
	}
	c, err := net.Dial("tcp", netip.AddrPortFrom(addrs[0].Unmap(), netip.MustParseAddrPort("[::]:"+port).Port()).String())
	if err != nil {
		return err
	}
	return c.Close()
}

func TestNamesAreAskedFor(t *testing.T) {
	w := newWire(t)
	rec := start(t, Spec{Plan: plan.Plan{DNS: true}})
	serving(t, in(w.right, "name-server", right4+":53"))
	serving(t, in(w.right, "serve", right4+":7201", "0"))
	for _, tt := range []struct{ protocol, name, code string }{
		{"udp", "one.example.test.", "NOERROR"},
		{"tcp", "two.example.test.", "NOERROR"},
		{"udp", "nobody.example.test.", "NXDOMAIN"},
	} {
		t.Run(tt.protocol+" "+tt.name, func(t *testing.T) {
			if out, err := in(w.left, "resolve", right4+":53", tt.protocol, tt.name, "7201").CombinedOutput(); err != nil {
				t.Fatalf("resolve: %v: %s", err, out)
			}
			name := strings.TrimSuffix(tt.name, ".")
			of := func(activity string) func(*event.Event) bool {
				return func(e *event.Event) bool {
					return e.Class == event.ClassDNS && event.Activity.Get(e) == activity && event.QueryHostname.Get(e) == name
				}
			}
			query, response := rec.await(t, 1, "question", of("Query"))[0], rec.await(t, 1, "answer", of("Response"))[0]
			for _, e := range []*event.Event{query, response} {
				if !strings.Contains(event.ActorProcessCmdLine.Get(e), "resolve "+right4) || event.QueryType.Get(e) != "A" ||
					event.DstEndpointIP.Get(e) != right4 || number(t, e, event.DstEndpointPort) != 53 || event.ConnectionInfoProtocolName.Get(e) != tt.protocol {
					t.Errorf("%s of %s by %q to %s over %s", event.Activity.Get(e), event.QueryType.Get(e), event.ActorProcessCmdLine.Get(e), event.DstEndpointIP.Get(e), event.ConnectionInfoProtocolName.Get(e))
				}
			}
			if number(t, query, event.QueryPacketUID) != number(t, response, event.QueryPacketUID) || event.Rcode.Get(response) != tt.code {
				t.Errorf("answered with %s", event.Rcode.Get(response))
			}
			if tt.code != "NOERROR" {
				return
			}
			if answers := event.Answers.Get(response); !slices.Equal(answers, []string{right4}) || number(t, response, event.AnswersCount) != 1 {
				t.Errorf("answers %q", answers)
			}
			open := rec.await(t, 1, "the connection", func(e *event.Event) bool {
				n, _ := event.DstEndpointPort.Get(e)
				return about("Open", "resolve "+right4+":53 "+tt.protocol)(e) && n == 7201
			})[0]
			if event.DstEndpointHostname.Get(open) != name {
				t.Errorf("connected to %q", event.DstEndpointHostname.Get(open))
			}
		})
	}
}
