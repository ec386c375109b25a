//go:build linux

package sensor

import (
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
)

// helpAcceptBlind accepts one connection at an address without asking who the peer is, and waits.
func helpAcceptBlind(args []string) error {
	l, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(int(f.Fd()), false); err != nil {
		return err
	}
	if _, _, errno := unix.Syscall6(unix.SYS_ACCEPT4, f.Fd(), 0, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	return helpWait(nil)
}

// TestAcceptWithoutAddress holds that who does not ask for the peer's address is told, too, by who listens.
func TestAcceptWithoutAddress(t *testing.T) {
	ofKernel(t)
	w := newWire(t)
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	at, _ := serving(t, in(w.right, "accept-blind", right4+":7131"))
	_, finish := serving(t, in(w.left, "keep", left4+":7132", at))
	accept := rec.await(t, 1, "accept", about("Accept", "accept-blind "+right4))[0]
	if event.SrcEndpointIP.Get(accept) != left4 || netip.MustParseAddrPort(at).Port() != uint16(number(t, accept, event.DstEndpointPort)) {
		t.Errorf("from %s", event.SrcEndpointIP.Get(accept))
	}
	finish()
	rec.await(t, 1, "the client's end", about("Close", "keep "+left4))
	if n := len(rec.all(about("Accept", "accept-blind "+right4))); n != 1 {
		t.Errorf("accepted %d times", n)
	}
}

// TestSlowConnects holds that a connection which does not come about is told soon, and again when it has failed.
func TestSlowConnects(t *testing.T) {
	ofKernel(t)
	w := newWire(t)
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	for _, args := range []string{
		"-n " + w.left + " neigh add 198.51.100.99 lladdr 02:00:00:00:00:01 dev cable",
		"netns exec " + w.left + " sysctl -q -w net.ipv4.tcp_syn_retries=1",
	} {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if out, err := in(w.left, "dial", "198.51.100.99:7111", "1", "1").CombinedOutput(); err != nil {
		t.Fatalf("dial: %v: %s", err, out)
	}
	rows := rec.await(t, 2, "attempts", about("Open", "dial 198.51.100.99"))
	if event.SyscallStatus.Get(rows[0]) != "EINPROGRESS" || event.Status.Get(rows[0]) != "Unknown" {
		t.Errorf("first %s, %s", event.SyscallStatus.Get(rows[0]), event.Status.Get(rows[0]))
	}
	if event.Status.Get(rows[1]) != "Failure" || event.SyscallStatus.Get(rows[1]) != "ETIMEDOUT" {
		t.Errorf("then %s, %s", event.SyscallStatus.Get(rows[1]), event.Status.Get(rows[1]))
	}
}
