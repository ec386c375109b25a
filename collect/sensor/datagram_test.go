//go:build linux

package sensor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
)

// helpEcho answers each datagram that comes to an address with the same bytes twice, until its standard input is closed.
func helpEcho(args []string) error {
	c, err := net.ListenPacket("udp", args[0])
	if err != nil {
		return err
	}
	fmt.Println(c.LocalAddr())
	go func() {
		_ = helpWait(nil)
		c.Close()
	}()
	b := make([]byte, 32<<10)
	for {
		n, from, err := c.ReadFrom(b)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := c.WriteTo(append(b[:n:n], b[:n]...), from); err != nil {
			return err
		}
	}
}

// helpTalk sends datagrams of a size to an address, as many as the third argument says, and reads the answer to each. The
// fourth says whether its socket is connected.
func helpTalk(args []string) error {
	size, _ := strconv.Atoi(args[1])
	times, _ := strconv.Atoi(args[2])
	to, err := net.ResolveUDPAddr("udp", args[0])
	if err != nil {
		return err
	}
	var c *net.UDPConn
	send := func(b []byte) (int, error) { return c.WriteToUDP(b, to) }
	if args[3] == "connected" {
		c, err = net.DialUDP("udp", nil, to)
		send = func(b []byte) (int, error) { return c.Write(b) }
	} else {
		c, err = net.ListenUDP("udp", nil)
	}
	if err != nil {
		return err
	}
	defer c.Close()
	answer := make([]byte, 64<<10)
	for range times {
		if _, err := send(make([]byte, size)); err != nil {
			return err
		}
		if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		if n, _, err := c.ReadFrom(answer); err != nil || n != 2*size {
			return fmt.Errorf("%d bytes: %w", n, err)
		}
	}
	return nil
}

func TestConversations(t *testing.T) {
	w := newWire(t)
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	for _, tt := range []struct{ how, listen, local, remote, call string }{
		{"connected", right4 + ":7101", left4, right4, "connect"},
		{"connected", "[" + right6 + "]:7102", left6, right6, "connect"},
		{"loose", right4 + ":7103", left4, right4, "sendto"},
	} {
		t.Run(tt.how+" "+tt.listen, func(t *testing.T) {
			const size, times = 1000, 50
			serving(t, in(w.right, "echo", tt.listen))
			if out, err := in(w.left, "talk", tt.listen, strconv.Itoa(size), strconv.Itoa(times), tt.how).CombinedOutput(); err != nil {
				t.Fatalf("talk: %v: %s", err, out)
			}
			open := rec.await(t, 1, "what begins", about("Open", "talk "+tt.listen))[0]
			heard := rec.await(t, 1, "what is heard", about("Open", "echo "+tt.listen))[0]
			for _, e := range []*event.Event{open, heard} {
				if event.SrcEndpointIP.Get(e) != tt.local || event.DstEndpointIP.Get(e) != tt.remote || event.ConnectionInfoProtocolName.Get(e) != "udp" {
					t.Errorf("from %s to %s over %s", event.SrcEndpointIP.Get(e), event.DstEndpointIP.Get(e), event.ConnectionInfoProtocolName.Get(e))
				}
			}
			if event.SyscallName.Get(open) != tt.call || !event.ConnectionInfoInitiated.Get(open) || event.ConnectionInfoConnected.Get(open) != (tt.how == "connected") {
				t.Errorf("begun by %s, connected %v", event.SyscallName.Get(open), event.ConnectionInfoConnected.Get(open))
			}
			if event.SyscallName.Get(heard) != "recvfrom" || event.ConnectionInfoInitiated.Get(heard) {
				t.Errorf("heard by %s", event.SyscallName.Get(heard))
			}
			if tt.how != "connected" {
				return
			}
			end := rec.await(t, 1, "its end", about("Close", "talk "+tt.listen))[0]
			in, out := number(t, end, event.TrafficBytesIn), number(t, end, event.TrafficBytesOut)
			if in != 2*size*times || out != size*times || number(t, end, event.TrafficPacketsIn) != times || number(t, end, event.TrafficPacketsOut) != times {
				t.Errorf("%d bytes in, %d out", in, out)
			}
			if event.ConnectionInfoUID.Get(end) != event.ConnectionInfoUID.Get(open) {
				t.Error("its end has another identity")
			}
		})
	}
}

// TestConversationsThatRest holds that one without packets is told with what it has carried, and that one container's
// conversations leave room for those of others.
func TestConversationsThatRest(t *testing.T) {
	const tried, share = 9000, 65536 / 8 // FLOW_SHARE of bpf/src/connection.h
	w := newWire(t)
	s, err := Load(Spec{Plan: plan.Plan{Network: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.programs.collection.Variables["flow_idle_ns"].Set(uint64(time.Second)); err != nil {
		t.Fatal(err)
	}
	rec := &recorder{}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, rec) }()
	serving(t, in(w.right, "echo", right4+":7121"))
	if out, err := in(w.left, "talk", right4+":7121", "100", "3", "loose").CombinedOutput(); err != nil {
		t.Fatalf("talk: %v: %s", err, out)
	}
	for _, side := range []struct {
		process string
		in, out int64
	}{{"talk " + right4 + ":7121", 600, 300}, {"echo " + right4 + ":7121", 300, 600}} {
		rest := rec.await(t, 1, side.process, about("Traffic", side.process))[0]
		if in, out := number(t, rest, event.TrafficBytesIn), number(t, rest, event.TrafficBytesOut); in != side.in || out != side.out {
			t.Errorf("%s: %d bytes in, %d out", side.process, in, out)
		}
	}
	if err := s.programs.collection.Variables["flow_idle_ns"].Set(uint64(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if out, err := in(w.left, "spray", right4, strconv.Itoa(tried)).CombinedOutput(); err != nil {
		t.Fatalf("spray: %v: %s", err, out)
	}
	sprayed := about("Open", "spray "+right4)
	rec.await(t, share/2, "conversations", sprayed)
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	stats, err := s.Stats()
	if n := len(rec.all(sprayed)); err != nil || n > share || stats.Lost() < uint64(tried-share) {
		t.Errorf("%d conversations of %d are told, %d lost, %v", n, tried, stats.Lost(), err)
	}
}

// helpSpray sends a datagram to each of many ports of an address.
func helpSpray(args []string) error {
	c, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return err
	}
	defer c.Close()
	times, _ := strconv.Atoi(args[1])
	for i := range times {
		// What comes back is that nobody is there: it ends no spraying.
		_, _ = c.WriteToUDP([]byte("x"), &net.UDPAddr{IP: net.ParseIP(args[0]), Port: 10000 + i})
	}
	return nil
}
