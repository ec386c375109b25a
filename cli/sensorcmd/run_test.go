//go:build linux

package sensorcmd

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

func TestUsage(t *testing.T) {
	tests := []struct {
		args string
		code int
		says string
	}{
		{"--help", exitDone, ""},
		{"probe --help", exitDone, ""},
		{"surplus", exitUsage, `takes no argument, and got "surplus"`},
		{"--output xml", exitUsage, `--output "xml": it can be jsonl, compact, falco or ocsf`},
		{"--ring-bytes 1000", exitFailed, "a ring of 1000 bytes cannot be"},
		{"--what", exitUsage, "unknown flag: --what; see lynceus-sensor --help"},
		{"probe --what", exitUsage, "unknown flag: --what; see lynceus-sensor probe --help"},
		{"--kubeconfig /nonexistent", exitUsage, "--kubeconfig: cannot reach the API server by this configuration: stat /nonexistent"},
		{"probe --measure 0s", exitUsage, "give a time above 0"},
		{"--policy /nonexistent", exitUsage, "--policy: open /nonexistent"},
		{"--policy run_test.go", exitUsage, "run_test.go"},
		{"--findings-only", exitUsage, "name some with --rules"},
		{"--output falco", exitUsage, "name some with --rules"},
		{"--falco-http http://127.0.0.1:1", exitUsage, "name some with --rules"},
		{"--rules /nowhere --findings-only", exitFailed, "/nowhere"},
		{"--hub-token-file x", exitUsage, "are for --hub, which is missing"},
		{"--hub https://h --spool-size 1", exitUsage, "give it 8388608 at least"},
		{"--hub https://h --hub-policies --policy /dev/null", exitUsage, "choose who says"},
		{"--hub https://h --hub-token-file x --hub-ca /nonexistent", exitUsage, "--hub-ca"},
		{"--hub http://h --hub-token-file x", exitUsage, "the token would pass in clear: write https://HOST:PORT"},
		{"--hub https://h --state /nonexistent", exitUsage, "needs --hub-token-file FILE: nothing in /nonexistent"},
		{"probe surplus", exitUsage, "takes no argument"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := Run(context.Background(), strings.Fields(tt.args), &stdout, &stderr)
			if code != tt.code || !strings.Contains(stderr.String(), tt.says) {
				t.Errorf("code %d, %q", code, stderr.String())
			}
		})
	}
}

func TestCompact(t *testing.T) {
	var e event.Event
	e.Reset(event.ClassProcess)
	event.Time.Set(&e, 1_500_000_000_123_000_000)
	event.Activity.Set(&e, "Terminate")
	event.ContainerUID.Set(&e, strings.Repeat("ab", 32))
	event.ProcessPID.Set(&e, 42)
	event.ProcessUserUID.Set(&e, 0)
	event.ProcessParentProcessName.Set(&e, "sh")
	event.ProcessFilePath.Set(&e, "/bin/cat")
	event.ProcessCmdLine.Set(&e, "cat \x1b[2J\nx")
	event.ExitCode.Set(&e, 1)
	want := `02:40:00.123  Terminate  abababababab       42  uid 0  sh >  /bin/cat  "cat \x1b[2J\nx"  exit 1`
	if got := string(appendCompact(nil, &e)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Whatever a row is about, its line says what.
func TestCompactActs(t *testing.T) {
	const begin = "00:00:00.000  "
	for _, tt := range []struct {
		class    event.Class
		activity string
		fill     func(*event.Event)
		want     string
	}{
		{event.ClassFile, "Open", func(e *event.Event) {
			event.FilePath.Set(e, "/etc/shadow")
			event.SyscallName.Set(e, "openat")
			event.SyscallArguments.Set(e, []string{"flags=O_RDONLY"})
			event.SyscallResult.Set(e, -13)
			event.SyscallStatus.Set(e, "EACCES")
		}, "Open                        4711  cat  /etc/shadow  openat(flags=O_RDONLY)  EACCES"},
		{event.ClassFile, "Rename", func(e *event.Event) {
			event.FilePreviousPath.Set(e, "/tmp/a")
			event.FilePath.Set(e, "/tmp/b\x1b")
		}, `Rename                      4711  cat  /tmp/a >  "/tmp/b\x1b"`},
		{event.ClassFile, "Link", func(e *event.Event) {
			event.FilePath.Set(e, "/tmp/b")
			event.FileTarget.Set(e, "/etc/shadow")
		}, "Link                        4711  cat  /tmp/b  of  /etc/shadow"},
		{event.ClassKernel, "Invoke", func(e *event.Event) {
			event.SyscallName.Set(e, "setns")
			event.SyscallArguments.Set(e, []string{"fd=3", "nstype=CLONE_NEWNET"})
			event.SyscallResult.Set(e, 0)
		}, "Invoke                      4711  cat  setns(fd=3, nstype=CLONE_NEWNET)"},
		{event.ClassNetwork, "Enforce", func(e *event.Event) {
			event.DstEndpointIP.Set(e, "192.0.2.1")
			event.DstEndpointPort.Set(e, 3333)
			event.ConnectionInfoProtocolName.Set(e, "tcp")
			event.PolicyName.Set(e, "pools")
			event.PolicyResult.Set(e, "refused (EPERM)")
		}, "Enforce                     4711  cat  192.0.2.1:3333  tcp  pools: refused (EPERM)"},
		{event.ClassHealth, "", func(e *event.Event) { event.Message.Set(e, "all is well") }, "                            4711  all is well"},
		{event.ClassKernel, "Invoke", func(e *event.Event) {
			event.SyscallName.Set(e, "prctl")
			event.SyscallArguments.Set(e, []string{strings.Repeat("a", maxText)})
		}, "Invoke                      4711  cat  prctl(" + strings.Repeat("a", maxText-6) + "... (307 bytes)"},
	} {
		e := &event.Event{Class: tt.class}
		event.Activity.Set(e, tt.activity)
		event.ActorProcessPID.Set(e, 4711)
		event.ActorProcessName.Set(e, "cat")
		tt.fill(e)
		if got := string(appendCompact(nil, e)); got != begin+tt.want {
			t.Errorf("%v %s\ngot  %s\nwant %s", tt.class, tt.activity, got, begin+tt.want)
		}
	}
}

// Several errors in one stand on lines of their own, and none of them steers a terminal.
func TestSay(t *testing.T) {
	var stderr bytes.Buffer
	(&app{stderr: &stderr}).say("%v", errors.Join(errors.New("a:1:2: one"), errors.New("two \x1b[2J")))
	if got, want := stderr.String(), "lynceus-sensor: a:1:2: one\n  \"two \\x1b[2J\"\n"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
