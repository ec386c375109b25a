//go:build linux

package sensor

import (
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
)

// TestNetworkStreams runs programs whose standard streams are of each kind, and looks which are told to be connections.
func TestNetworkStreams(t *testing.T) {
	socket := func(t *testing.T, domain, kind int) *os.File {
		t.Helper()
		fd, err := unix.Socket(domain, kind|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(fd), "socket")
		t.Cleanup(func() { f.Close() })
		return f
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	local := os.NewFile(uintptr(pair[0]), "pair")
	defer local.Close()
	defer unix.Close(pair[1])
	tests := []struct {
		name               string
		stdin, out, errors *os.File
		want               []string
	}{
		{"streams-all", connected(t), connected(t), connected(t), []string{"stdin", "stdout", "stderr"}},
		{"streams-in", socket(t, unix.AF_INET6, unix.SOCK_DGRAM), nil, nil, []string{"stdin"}},
		{"streams-errors", nil, local, socket(t, unix.AF_INET, unix.SOCK_STREAM), []string{"stderr"}},
		{"streams-listening", listening(t), nil, nil, nil},
		{"streams-local", local, local, local, nil},
		{"streams-none", nil, nil, nil, nil},
	}
	rec := start(t, Spec{})
	for _, tt := range tests {
		cmd := exec.Command("/bin/sh", "-c", ":", tt.name)
		for fd, f := range []*os.File{tt.stdin, tt.out, tt.errors} {
			switch {
			case f == nil:
			case fd == 0:
				cmd.Stdin = f
			case fd == 1:
				cmd.Stdout = f
			default:
				cmd.Stderr = f
			}
		}
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		e := rec.one(t, activityLaunch, tt.name)
		if got := event.ProcessNetworkStreams.Get(e); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestConnectionOnStream connects on an ordinary descriptor and on a standard stream.
func TestConnectionOnStream(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	rec := start(t, Spec{Plan: plan.Plan{Network: true}})
	for _, tt := range []struct{ how, want string }{{"stream", "fd=1"}, {"tcp", ""}} {
		cmd := helper("try", tt.how, l.Addr().String())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", tt.how, err, out)
		}
		rows := rec.await(t, 1, "a connection by "+tt.how, func(e *event.Event) bool {
			pid, _ := event.ActorProcessPID.Get(e)
			return e.Class == event.ClassNetwork && event.Activity.Get(e) == activityOpen && int(pid) == cmd.Process.Pid
		})
		if got := strings.Join(event.SyscallArguments.Get(rows[0]), " "); got != tt.want {
			t.Errorf("%s: arguments %q, want %q", tt.how, got, tt.want)
		}
	}
}

// listening returns a socket that waits for connections.
func listening(t *testing.T) *os.File {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// connected returns one end of a connection of this machine with itself.
func connected(t *testing.T) *os.File {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	f, err := c.(*net.TCPConn).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
