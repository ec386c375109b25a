//go:build linux

package sensor

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
)

// helpSniff makes sockets that read packets, and waits.
func helpSniff([]string) error {
	for _, s := range [][3]int{{unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP}, {unix.AF_PACKET, unix.SOCK_RAW, 0}, {unix.AF_PACKET, unix.SOCK_DGRAM, 0}} {
		if _, err := unix.Socket(s[0], s[1]|unix.SOCK_CLOEXEC, s[2]); err != nil {
			return err
		}
	}
	fmt.Println("ready")
	return helpWait(nil)
}

// helpReach connects to a unix socket.
func helpReach(args []string) error {
	c, err := net.Dial("unix", args[0])
	if err != nil {
		return err
	}
	return c.Close()
}

// helpKeep listens at an address, connects to another and waits.
func helpKeep(args []string) error {
	l, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	defer l.Close()
	c, err := net.Dial("tcp", args[1])
	if err != nil {
		return err
	}
	if _, err := c.Write(make([]byte, 10)); err != nil {
		return err
	}
	fmt.Println("ready")
	if err := helpWait(nil); err != nil {
		return err
	}
	return c.Close()
}

func TestSocketsBelowProtocols(t *testing.T) {
	ofKernel(t)
	w := newWire(t)
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	_, finish := serving(t, in(w.left, "sniff"))
	rows := rec.await(t, 3, "sockets", about("Socket", helperWord+" sniff"))
	finish()
	var got []string
	for _, e := range rows {
		got = append(got, strings.Join(append(event.SyscallArguments.Get(e), event.ConnectionInfoFamily.Get(e), event.ConnectionInfoSocketType.Get(e), event.SyscallName.Get(e)), " "))
	}
	want := []string{
		"domain=AF_INET type=SOCK_RAW proto=1 ipv4 raw socket",
		"domain=AF_PACKET type=SOCK_RAW proto=0 packet raw socket",
		"domain=AF_PACKET type=SOCK_DGRAM proto=0 packet dgram socket",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// helpPing sends a request of ICMP to an address through a raw socket, and waits until something comes back.
func helpPing(args []string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP)
	if err != nil {
		return err
	}
	request := []byte{8, 0, 0xf7, 0xff, 0, 0, 0, 0} // an echo without data, and the sum of that
	if err := unix.Sendto(fd, request, 0, &unix.SockaddrInet4{Addr: netip.MustParseAddr(args[0]).As4()}); err != nil {
		return err
	}
	if _, _, err := unix.Recvfrom(fd, make([]byte, 100), 0); err != nil {
		return err
	}
	return unix.Close(fd)
}

func TestOtherProtocols(t *testing.T) {
	ofKernel(t)
	w := newWire(t)
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	if out, err := in(w.left, "ping", right4).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	e := rec.await(t, 1, "what begins", about("Open", "ping "+right4))[0]
	if event.ConnectionInfoProtocolName.Get(e) != "icmp" || event.SrcEndpointIP.Get(e) != left4 || event.DstEndpointIP.Get(e) != right4 || event.DstEndpointPort.Has(e) {
		t.Errorf("%s from %s to %s", event.ConnectionInfoProtocolName.Get(e), event.SrcEndpointIP.Get(e), event.DstEndpointIP.Get(e))
	}
	if n := len(rec.all(func(e *event.Event) bool {
		return event.ConnectionInfoProtocolName.Get(e) == "icmp" && event.SyscallName.Get(e) == "recvfrom"
	})); n != 0 {
		t.Errorf("%d conversations of the kernel's own", n)
	}
}

func TestUnixSockets(t *testing.T) {
	ofKernel(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "containerd.sock")
	abstract := "@lynceus test " + filepath.Base(dir)
	for _, at := range []string{path, abstract} {
		l, err := net.Listen("unix", at)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
	link := filepath.Join(dir, "other")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	for _, tt := range []struct{ name, to, want string }{
		{"by its path", path, path}, {"by a link", link, path}, {"by a relative path", "containerd.sock", path}, {"that has no file", abstract, abstract},
	} {
		cmd := exec.Command(testBinary(), helperWord, "reach", tt.to)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", tt.name, err, out)
		}
		e := rec.await(t, 1, tt.name, about("Open", "reach "+tt.to))[0]
		if got := event.ConnectionInfoSocketPath.Get(e); got != tt.want || event.ConnectionInfoFamily.Get(e) != "unix" || event.ConnectionInfoSocketType.Get(e) != "stream" {
			t.Errorf("%s: %q, %s", tt.name, got, event.ConnectionInfoFamily.Get(e))
		}
	}
}

// TestSocketsThatAreThere holds that what began before the sensor is told at its start, and its end when it comes.
func TestSocketsThatAreThere(t *testing.T) {
	w := newWire(t)
	_, finishServer := serving(t, in(w.right, "serve", right4+":7301", "0"))
	_, finish := serving(t, in(w.left, "keep", left4+":7302", right4+":7301"))
	_, finishSniffer := serving(t, in(w.left, "sniff"))
	_, finishEcho := serving(t, in(w.right, "echo", right4+":7303"))
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	client, server := "keep "+left4+":7302", "serve "+right4+":7301"
	of := func(process string, port int64, listening bool) func(*event.Event) bool {
		return func(e *event.Event) bool {
			n, _ := event.DstEndpointPort.Get(e)
			return about("Running", process)(e) && n == port && event.SrcEndpointIP.Has(e) != listening
		}
	}
	rec.await(t, 1, "the client's listener", of(client, 7302, true))
	rec.await(t, 1, "the server's listener", of(server, 7301, true))
	opened := rec.await(t, 1, "the connection", of(client, 7301, false))[0]
	accepted := rec.await(t, 1, "the connection", of(server, 7301, false))[0]
	if !event.ConnectionInfoInitiated.Get(opened) || event.ConnectionInfoInitiated.Get(accepted) || event.SrcEndpointIP.Get(accepted) != left4 {
		t.Error("who opened the connection is wrong")
	}
	rec.await(t, 3, "raw and packet sockets", func(e *event.Event) bool {
		return about("Running", helperWord+" sniff")(e) && event.ConnectionInfoSocketType.Has(e)
	})
	if out, err := in(w.left, "talk", right4+":7303", "10", "1", "loose").CombinedOutput(); err != nil {
		t.Fatalf("talk: %v: %s", err, out)
	}
	rec.await(t, 1, "what the socket hears that was there", about("Open", "echo "+right4+":7303"))
	finish()
	for _, side := range []struct {
		process string
		e       *event.Event
		out     int64
	}{{client, opened, 10}, {server, accepted, 0}} {
		end := rec.await(t, 1, "its end", about("Close", side.process))[0]
		if event.ConnectionInfoUID.Get(end) != event.ConnectionInfoUID.Get(side.e) || number(t, end, event.TrafficBytesOut) != side.out {
			t.Errorf("%s: %d bytes out", side.process, number(t, end, event.TrafficBytesOut))
		}
	}
	finishServer()
	finishSniffer()
	finishEcho()
}
