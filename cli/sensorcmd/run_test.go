//go:build linux

package sensorcmd

import (
	"bytes"
	"context"
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
		{"--output xml", exitUsage, `--output "xml": it can be jsonl or compact`},
		{"--ring-bytes 1000", exitFailed, "a ring of 1000 bytes cannot be"},
		{"--what", exitUsage, "unknown flag"},
		{"probe --measure 0s", exitUsage, "give a time above 0"},
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
