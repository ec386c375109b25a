package e2e

import (
	"io"
	"net"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// lead makes a loopback address of this machine lead to the same one of another machine, until the test ends. Only who
// dials here gets in; nothing gets out.
func lead(t *testing.T, to *cluster.Host, addr string) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go join(in, func() (net.Conn, error) { return to.Dial(t.Context(), "tcp", addr) })
		}
	}()
}

// join copies between a connection and one that it dials, both ways, until both are over.
func join(in net.Conn, dial func() (net.Conn, error)) {
	defer in.Close()
	out, err := dial()
	if err != nil {
		return // as if refused
	}
	defer out.Close()
	go func() {
		_, _ = io.Copy(out, in)
		_ = out.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(in, out)
	_ = in.(*net.TCPConn).CloseWrite()
}

// TestIslandReachesNothing sees that what a server on an island is said not to reach cannot be reached from there.
func TestIslandReachesNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	island := newIsland(t)
	if conn, err := island.Dial(t.Context(), "tcp", l.Addr().String()); err == nil {
		_ = conn.Close()
		t.Error("an island reaches this machine")
	}
}

// newIsland makes a machine that is connected to nothing.
func newIsland(t *testing.T) *cluster.Host {
	t.Helper()
	island, err := cluster.Island("hub")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = island.Close() })
	return island
}
