//go:build linux

package sensor

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// wire is two network namespaces of the test's own with a cable between them: nothing leaves them.
type wire struct{ left, right string }

// Addresses of the two ends.
const (
	left4, right4 = "198.51.100.1", "198.51.100.7"
	left6, right6 = "2001:db8::1", "2001:db8::7"
)

// newWire makes the namespaces, and removes them when the test ends.
func newWire(t *testing.T) wire {
	t.Helper()
	require.BPF(t)
	unique := strconv.Itoa(os.Getpid()) + strconv.FormatInt(time.Now().UnixNano()%1e6, 36)
	w := wire{"lynl" + unique, "lynr" + unique}
	ip := func(args string) {
		t.Helper()
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", args, err, out)
		}
	}
	for _, ns := range []string{w.left, w.right} {
		ip("netns add " + ns)
		t.Cleanup(func() { ip("netns del " + ns) })
		ip("-n " + ns + " link set lo up")
	}
	ip("-n " + w.left + " link add cable type veth peer name cable netns " + w.right)
	for _, end := range []struct{ ns, a4, a6 string }{{w.left, left4, left6}, {w.right, right4, right6}} {
		ip("-n " + end.ns + " addr add " + end.a4 + "/24 dev cable")
		ip("-n " + end.ns + " addr add " + end.a6 + "/64 dev cable nodad")
		ip("-n " + end.ns + " link set cable up")
	}
	return w
}

// in returns a command that runs a helper in a namespace.
func in(ns, what string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", ns}, append([]string{testBinary(), helperWord, what}, args...)...)...)
}

// testBinary returns the path of this program.
func testBinary() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// serving starts a helper that says a line when it is ready, and stops it when the test ends by closing its input. What
// it writes afterwards is what the function returns.
func serving(t *testing.T, cmd *exec.Cmd) (ready string, finish func() string) {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(stdout)
	line, err := r.ReadString('\n')
	if err != nil {
		t.Fatalf("the helper is not ready: %v", err)
	}
	done := false
	finish = func() string {
		if done {
			return ""
		}
		done = true
		stdin.Close()
		rest, _ := io.ReadAll(r)
		if err := cmd.Wait(); err != nil {
			t.Errorf("helper: %v", err)
		}
		return string(rest)
	}
	t.Cleanup(func() { finish() })
	return strings.TrimSpace(line), finish
}

// helpServe accepts connections at an address until its standard input is closed: it reads until the other side is done,
// writes as many bytes as the second argument says, and closes. In the end it writes how many bytes it has read.
func helpServe(args []string) error {
	l, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	answer, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go func() {
		_ = helpWait(nil)
		l.Close()
	}()
	var read int64
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			fmt.Println(read)
			return nil
		}
		if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, c)
		read += n
		if err != nil {
			return err
		}
		if _, err := c.Write(make([]byte, answer)); err != nil {
			return err
		}
		c.Close()
	}
}

// helpDial connects to an address as often as the second argument says, writes as many bytes as the third says, and
// reads what comes. In the end it writes how many bytes it has read.
func helpDial(args []string) error {
	times, _ := strconv.Atoi(args[1])
	size, _ := strconv.Atoi(args[2])
	var read int64
	for range times {
		c, err := net.DialTimeout("tcp", args[0], patience)
		if err != nil {
			fmt.Println(err)
			return nil
		}
		if _, err := c.Write(make([]byte, size)); err != nil {
			return err
		}
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, c)
		if err != nil {
			return err
		}
		read += n
		c.Close()
	}
	fmt.Println(read)
	return nil
}

// about matches rows of the network with an activity, of a process whose command line contains text.
func about(activity, text string) func(*event.Event) bool {
	return func(e *event.Event) bool {
		return e.Class == event.ClassNetwork && event.Activity.Get(e) == activity && strings.Contains(event.ActorProcessCmdLine.Get(e), text)
	}
}

// number returns a number, and fails the test when there is none.
func number(t *testing.T, e *event.Event, f event.IntField) int64 {
	t.Helper()
	n, ok := f.Get(e)
	if !ok {
		t.Errorf("%s has no %s", event.Activity.Get(e), event.Lookup(f.ID()).Name)
	}
	return n
}

func TestConnections(t *testing.T) {
	w := newWire(t)
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	for _, tt := range []struct{ name, listen, local, remote, family string }{
		{"ipv4", right4 + ":7001", left4, right4, "ipv4"},
		{"ipv6", "[" + right6 + "]:7002", left6, right6, "ipv6"},
		{"ipv4 at a socket for both", ":7003", left4, right4, "ipv4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const sent, answered = 300_000, 70_001
			at, finish := serving(t, in(w.right, "serve", tt.listen, strconv.Itoa(answered)))
			port := netip.MustParseAddrPort(at).Port()
			to := netip.AddrPortFrom(netip.MustParseAddr(tt.remote), port).String()
			out, err := in(w.left, "dial", to, "1", strconv.Itoa(sent)).CombinedOutput()
			if got := strings.TrimSpace(string(out)); err != nil || got != strconv.Itoa(answered) {
				t.Fatalf("dial: %v: %s", err, got)
			}
			if got := strings.TrimSpace(finish()); got != strconv.Itoa(sent) {
				t.Fatalf("the server has read %s bytes", got)
			}
			server, client := "serve "+tt.listen, "dial "+to
			listen := rec.await(t, 1, "listen", about("Listen", server))[0]
			if number(t, listen, event.DstEndpointPort) != int64(port) || event.SrcEndpointIP.Has(listen) || event.SyscallName.Get(listen) != "listen" {
				t.Errorf("listen at %s:%d", event.DstEndpointIP.Get(listen), number(t, listen, event.DstEndpointPort))
			}
			open, accept := rec.await(t, 1, "open", about("Open", client))[0], rec.await(t, 1, "accept", about("Accept", server))[0]
			closed := rec.await(t, 1, "close", about("Close", client))[0]
			ended := rec.await(t, 1, "close", about("Close", server))[0]
			for _, e := range []*event.Event{open, accept, closed, ended} {
				if event.SrcEndpointIP.Get(e) != tt.local || event.DstEndpointIP.Get(e) != tt.remote ||
					number(t, e, event.DstEndpointPort) != int64(port) || number(t, e, event.SrcEndpointPort) != number(t, open, event.SrcEndpointPort) {
					t.Errorf("%s from %s to %s", event.Activity.Get(e), event.SrcEndpointIP.Get(e), event.DstEndpointIP.Get(e))
				}
				if event.ConnectionInfoProtocolName.Get(e) != "tcp" || event.ConnectionInfoFamily.Get(e) != tt.family || event.Status.Get(e) != "Success" {
					t.Errorf("%s: %s, %s, %s", event.Activity.Get(e), event.ConnectionInfoProtocolName.Get(e), event.ConnectionInfoFamily.Get(e), event.Status.Get(e))
				}
			}
			if !event.ConnectionInfoInitiated.Get(open) || event.ConnectionInfoInitiated.Get(accept) {
				t.Error("who began it is wrong")
			}
			for _, counts := range []struct {
				e       *event.Event
				in, out int64
			}{{closed, answered, sent}, {ended, sent, answered}} {
				in, out := number(t, counts.e, event.TrafficBytesIn), number(t, counts.e, event.TrafficBytesOut)
				if in != counts.in || out != counts.out {
					t.Errorf("%d bytes in and %d out, want %d and %d", in, out, counts.in, counts.out)
				}
				if number(t, counts.e, event.TrafficPacketsIn) == 0 || number(t, counts.e, event.TrafficPacketsOut) == 0 || number(t, counts.e, event.ConnectionInfoDurationUs) == 0 {
					t.Error("no packets, or no duration")
				}
			}
			if event.ConnectionInfoUID.Get(open) != event.ConnectionInfoUID.Get(closed) || event.ConnectionInfoUID.Get(accept) != event.ConnectionInfoUID.Get(ended) || event.ConnectionInfoUID.Get(open) == event.ConnectionInfoUID.Get(accept) {
				t.Error("identities do not hold the rows together")
			}
		})
	}
}

func TestConnectionsThatFail(t *testing.T) {
	ofKernel(t)
	w := newWire(t)
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	for _, to := range []string{right4 + ":7011", "[" + right6 + "]:7012"} {
		if out, err := in(w.left, "dial", to, "1", "1").CombinedOutput(); err != nil {
			t.Fatalf("dial: %v: %s", err, out)
		}
		e := rec.await(t, 1, "refused", about("Open", "dial "+to))[0]
		if event.Status.Get(e) != "Failure" || event.SyscallStatus.Get(e) != "ECONNREFUSED" || number(t, e, event.SyscallResult) != -111 {
			t.Errorf("%s: %s, %s", to, event.Status.Get(e), event.SyscallStatus.Get(e))
		}
		if rest := rec.all(about("Close", "dial "+to)); len(rest) != 0 {
			t.Error("what was never open was closed")
		}
	}
}

// TestShortConnections holds that none of many connections is lost.
func TestShortConnections(t *testing.T) {
	const times = 10_000
	w := newWire(t)
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	_, finish := serving(t, in(w.right, "serve", right4+":7021", "5"))
	if out, err := in(w.left, "dial", right4+":7021", strconv.Itoa(times), "7").CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != strconv.Itoa(5*times) {
		t.Fatalf("dial: %v: %s", err, out)
	}
	finish()
	for _, side := range []string{"dial " + right4 + ":7021", "serve " + right4 + ":7021"} {
		for _, activity := range []string{"Open", "Accept", "Close"} {
			if (activity == "Open") != strings.HasPrefix(side, "dial") && activity != "Close" {
				continue
			}
			rows := rec.await(t, times, activity+" of "+side, about(activity, side))
			if len(rows) != times {
				t.Errorf("%d rows %s of %s", len(rows), activity, side)
			}
		}
	}
}
