package falco

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
)

// What Falco computes of what it knows is the same of the sensor's rows:
// command lines begin with the name of the process, directories end with a
// slash, connections are named by their ends.
func TestComputedFields(t *testing.T) {
	script := &event.Event{Class: event.ClassProcess}
	event.SyscallName.Set(script, "execve")
	event.ProcessName.Set(script, "sh")
	event.ProcessExe.Set(script, "/bin/sh")
	event.ProcessCmdLine.Set(script, "/bin/sh -c id")
	event.ProcessArguments.Set(script, "-c id")
	event.ProcessWorkingDirectory.Set(script, "/root")
	event.ProcessParentProcessName.Set(script, "containerd-shim")
	event.ProcessParentProcessExe.Set(script, "/usr/bin/containerd-shim-runc-v2")
	event.ProcessParentProcessCmdLine.Set(script, "/usr/bin/containerd-shim-runc-v2 -namespace k8s.io")
	for _, of := range []struct {
		list   event.StringsField
		values [3]string
	}{
		{event.ProcessAncestryName, [3]string{"containerd-shim", "systemd", ""}},
		{event.ProcessAncestryExe, [3]string{"/usr/bin/containerd-shim-runc-v2", "/sbin/init", ""}},
		{event.ProcessAncestryCmdLine, [3]string{"/usr/bin/containerd-shim-runc-v2 -namespace k8s.io", "/sbin/init", "rest of it"}},
	} {
		of.list.Set(script, of.values[:])
	}
	renamed := &event.Event{Class: event.ClassFile} // argv[0] says something else
	event.SyscallName.Set(renamed, "openat")
	event.ActorProcessName.Set(renamed, "xmrig")
	event.ActorProcessExe.Set(renamed, "[kworker/0:1]")
	event.ActorProcessCmdLine.Set(renamed, "[kworker/0:1] -o pool")
	event.ActorProcessWorkingDirectory.Set(renamed, "/")
	event.ContainerUID.Set(renamed, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
	foreign := &event.Event{Class: event.ClassProcess} // of a tool that tells no first argument
	event.SyscallName.Set(foreign, "execve")
	event.ProcessName.Set(foreign, "sh")
	event.ProcessCmdLine.Set(foreign, "bash -c id")
	listener := &event.Event{Class: event.ClassNetwork}
	event.SyscallName.Set(listener, "listen")
	event.DstEndpointIP.Set(listener, "::")
	event.DstEndpointPort.Set(listener, 8080)
	six := &event.Event{Class: event.ClassNetwork}
	event.SyscallName.Set(six, "connect")
	event.SrcEndpointIP.Set(six, "2001:db8::1")
	event.SrcEndpointPort.Set(six, 40000)
	event.DstEndpointIP.Set(six, "2001:db8::2")
	event.DstEndpointPort.Set(six, 443)
	unix := &event.Event{Class: event.ClassNetwork}
	event.SyscallName.Set(unix, "connect")
	event.ConnectionInfoSocketPath.Set(unix, "/run/docker.sock")
	for _, c := range []struct {
		e    *event.Event
		in   string
		want bool
	}{
		{script, `proc.cmdline = "sh -c id"`, true},
		{script, `proc.cmdline startswith "sh -c" and not proc.cmdline startswith /bin/sh`, true},
		{script, `proc.cmdline != "/bin/sh -c id" and proc.cmdline in ("sh -c id", x)`, true},
		{script, `proc.exeline = "/bin/sh -c id"`, true},
		{script, `proc.pcmdline = "containerd-shim -namespace k8s.io"`, true},
		{script, `proc.acmdline[0] = "sh -c id"`, true},
		{script, `proc.acmdline[1] = "containerd-shim -namespace k8s.io"`, true},
		{script, `proc.acmdline[2] = systemd`, true},
		{script, `proc.acmdline[3] = "rest of it"`, true},
		{script, `proc.acmdline[4] exists`, false},
		{script, `proc.acmdline contains "shim -name" and not proc.acmdline contains runc-v2`, true},
		{script, `tolower(proc.cmdline) endswith " id" and len(proc.cmdline) = 8`, true},
		{script, `proc.cwd = /root/ and proc.cwd startswith /root and basename(proc.cwd) = ""`, true},
		{renamed, `proc.cmdline = "xmrig -o pool"`, true},
		{renamed, `proc.cwd = /`, true},
		{renamed, `container.id = 0123456789ab and container.id in (0123456789ab) and container.id != host`, true},
		{renamed, `container.id != 0123456789ab or container.id = 0123456789ac`, false},
		{foreign, `proc.cmdline = "bash -c id"`, true},
		{foreign, `proc.pcmdline exists`, false},
		{listener, `fd.name = ":::8080"`, true},
		{six, `fd.name = "2001:db8::1:40000->2001:db8::2:443"`, true},
		{unix, `fd.name = /run/docker.sock`, true},
	} {
		if got := matchesAny(t, compiled(t, ruleWith(sourceSyscall, c.in)), c.e); got != c.want {
			t.Errorf("%s: %v, want %v", c.in, got, c.want)
		}
	}
}

// The output of a rule has the computed values, under Falco's names.
func TestComputedOutput(t *testing.T) {
	e := &event.Event{Class: event.ClassNetwork}
	event.MetadataUID.Set(e, "u")
	event.Time.Set(e, 1_800_000_000_000_000_000)
	event.SyscallName.Set(e, "connect")
	event.ActorProcessName.Set(e, "curl")
	event.ActorProcessExe.Set(e, "/usr/bin/curl")
	event.ActorProcessCmdLine.Set(e, "/usr/bin/curl https://x")
	event.SrcEndpointIP.Set(e, "10.0.0.7")
	event.SrcEndpointPort.Set(e, 40000)
	event.DstEndpointIP.Set(e, "203.0.113.66")
	event.DstEndpointPort.Set(e, 443)
	rules := compiled(t, strings.Replace(ruleWith(sourceSyscall, "evt.type = connect"), "output: o", `output: "%proc.cmdline to %fd.name"`, 1))
	set, err := detect.Compile(rules, detect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	state, err := detect.NewState(rules, detect.StateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	found := state.Instant(e, set.Match(set.NewScratch(), e, nil))
	if len(found) != 1 {
		t.Fatalf("%d findings", len(found))
	}
	if got, want := found[0].Output(), "curl https://x to 10.0.0.7:40000->203.0.113.66:443"; got != want {
		t.Errorf("output %q, want %q", got, want)
	}
}
