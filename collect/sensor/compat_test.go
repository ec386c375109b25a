//go:build linux && amd64

package sensor

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// A program of 32 bits is no way around: what it executes, opens, connects and traces is told as that of others is, also
// what it does by way of socketcall.
func TestCompat(t *testing.T) {
	if testing.Short() {
		t.Skip("a program is compiled for another machine")
	}
	require.BPF(t)
	program := filepath.Join(t.TempDir(), "compat")
	build := exec.Command("go", "build", "-o", program, "./testdata/compat")
	build.Env = append(os.Environ(), "GOARCH=386", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dir := realTempDir(t)
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, at := range [][2]string{{"unix", filepath.Join(dir, "real.sock")}, {"tcp4", "127.0.0.1:0"}} {
		l, err := net.Listen(at[0], at[1])
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if tcp, ok := l.Addr().(*net.TCPAddr); ok {
			dir += "\x00" + strconv.Itoa(tcp.Port)
		}
	}
	dir, port, _ := strings.Cut(dir, "\x00")
	rec := start(t, Spec{Plan: plan.Plan{
		Network: true,
		Calls:   []string{"ptrace", "socket", "connect"},
		Files:   plan.Files{Read: plan.Paths{Names: []string{"secret"}}},
	}})
	cmd := exec.Command(program, dir, port, "/bin/true")
	out, err := cmd.CombinedOutput()
	require.Need(t, "bpf", err == nil, "programs of 32 bits: "+string(out))
	pid := int64(cmd.Process.Pid)
	byCall := func(name, argument string) func(e *event.Event) bool {
		return func(e *event.Event) bool {
			return event.SyscallName.Get(e) == name && event.SyscallInterface.Get(e) == "compat" &&
				strings.Contains(strings.Join(event.SyscallArguments.Get(e), " "), argument)
		}
	}
	for _, want := range []struct {
		what   string
		match  func(e *event.Event) bool
		fields texts
	}{
		{"its start", func(e *event.Event) bool {
			return event.Activity.Get(e) == activityLaunch && event.ProcessName.Get(e) == "compat"
		},
			texts{event.ProcessFilePath: program, event.ProcessCmdLine: program + " " + dir + " " + port + " /bin/true"}},
		{"what it executes", func(e *event.Event) bool {
			return event.Activity.Get(e) == activityLaunch && event.ProcessName.Get(e) == "true"
		},
			texts{event.ProcessCmdLine: "/bin/true after"}},
		{"an open", func(e *event.Event) bool { return event.FilePath.Get(e) == secret }, texts{event.Activity: "Open", event.SyscallInterface: "compat", event.FileType: "file"}},
		{"ptrace", byCall("ptrace", "request=PTRACE_ATTACH pid=4194304"), texts{event.Activity: "Trace", event.SyscallStatus: "ESRCH"}},
		{"a packet socket", byCall("socket", "domain=AF_PACKET type=SOCK_RAW proto=0"), texts{event.Activity: "Socket"}},
		{"a unix connection", byCall("connect", "addr="+dir+"/real.sock"), texts{event.ConnectionInfoSocketPath: dir + "/real.sock", event.SyscallStatus: "SUCCESS"}},
		{"a connection", func(e *event.Event) bool {
			return e.Class == event.ClassNetwork && event.Activity.Get(e) == "Open" && portOf(e) == port
		}, texts{event.DstEndpointIP: "127.0.0.1", event.ConnectionInfoProtocolName: "tcp"}},
		{"the kernel's word for the packet socket", func(e *event.Event) bool {
			return event.ConnectionInfoFamily.Get(e) == "packet" && event.SyscallInterface.Get(e) == ""
		}, nil},
	} {
		e := rec.await(t, 1, want.what, func(e *event.Event) bool {
			actor, _ := event.ActorProcessPID.Get(e)
			own, _ := event.ProcessPID.Get(e)
			return (actor == pid || own == pid) && want.match(e)
		})[0]
		checkText(t, e, want.fields)
	}
}

func portOf(e *event.Event) string {
	n, _ := event.DstEndpointPort.Get(e)
	return strconv.FormatInt(n, 10)
}
