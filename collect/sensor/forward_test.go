//go:build linux

package sensor

import (
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
)

// What a node only forwards is told by the two ends, if they are on the node, and by nobody between them.
func TestForwarded(t *testing.T) {
	ofKernel(t)
	const far4, gate4 = "203.0.113.9", "203.0.113.1"
	w := newWire(t) // its right end forwards
	far := strings.Replace(w.right, "lynr", "lynf", 1)
	for _, args := range []string{
		"netns add " + far,
		"-n " + far + " link set lo up",
		"-n " + w.right + " link add further type veth peer name cable netns " + far,
		"-n " + w.right + " addr add " + gate4 + "/24 dev further",
		"-n " + w.right + " link set further up",
		"-n " + far + " addr add " + far4 + "/24 dev cable",
		"-n " + far + " link set cable up",
		"-n " + far + " route add default via " + gate4,
		"-n " + w.left + " route add default via " + right4,
		"netns exec " + w.right + " sysctl -q -w net.ipv4.ip_forward=1",
	} {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", args, err, out)
		}
		if args == "netns add "+far {
			t.Cleanup(func() { exec.Command("ip", "netns", "del", far).Run() })
		}
	}
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	at, finish := serving(t, in(far, "serve", far4+":0", "10"))
	if out, err := in(w.left, "dial", at, "1", "1000").CombinedOutput(); err != nil {
		t.Fatalf("dial: %v: %s", err, out)
	}
	finish()
	port := int64(netip.MustParseAddrPort(at).Port())
	ours := func(e *event.Event) bool {
		p, _ := event.DstEndpointPort.Get(e)
		return e.Class == event.ClassNetwork && event.DstEndpointIP.Get(e) == far4 && p == port
	}
	told := rec.await(t, 5, "listen, open, accept and two ends", ours) // what is told of one packet more would come before the ends
	ends := []int64{inode(t, w.left), inode(t, far)}
	count := map[string]int{}
	for _, e := range told {
		count[event.Activity.Get(e)]++
		if ns := number(t, e, event.ConnectionInfoNetworkNamespace); !slices.Contains(ends, ns) {
			t.Errorf("%s in network namespace %d, which is no end's", event.Activity.Get(e), ns)
		}
	}
	if len(told) != 5 || count["Listen"] != 1 || count["Open"] != 1 || count["Accept"] != 1 || count["Close"] != 2 {
		t.Errorf("rows %v", count)
	}
}

// inode returns the number by which the kernel calls a network namespace.
func inode(t *testing.T, ns string) int64 {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Stat("/run/netns/"+ns, &st); err != nil {
		t.Fatal(err)
	}
	return int64(st.Ino)
}
