//go:build linux && cgo

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lynceus-io/lynceus/api/local"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// said runs a command to its end and returns what it wrote to standard output.
func said(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	c := lynceus(t.Context(), args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("lynceus %s: %v\n%s%s", strings.Join(args, " "), err, &out, &errs)
	}
	return out.String()
}

// gateWithSensor starts a server with a gate, and a sensor that comes in by it, until the test ends. It returns the
// server's data directory.
func gateWithSensor(t *testing.T, flags ...string) (dir string) {
	t.Helper()
	require.BPF(t)
	base := t.TempDir()
	sensor, dir := filepath.Join(base, "lynceus-sensor"), filepath.Join(base, "data")
	build := exec.Command("go", "build", "-o", sensor, "../lynceus-sensor")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	begin := func(c *exec.Cmd) {
		t.Helper()
		var told lockedBuffer
		c.Stdout, c.Stderr = &told, &told
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = c.Process.Signal(syscall.SIGTERM)
			err := c.Wait()
			if err != nil {
				t.Error(err)
			}
			if t.Failed() {
				t.Logf("%s said:\n%s", filepath.Base(c.Path), told.String())
			}
		})
	}
	begin(lynceus(context.Background(), "up", "--data", dir, "--listen", "127.0.0.1:0", "--sensor", "off", "--gate", "127.0.0.1:0"))
	eventually(t, "it answers", func() error { _, _, err := local.Read(dir); return err })
	note, _, err := local.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	proof := filepath.Join(base, "token")
	if err := os.WriteFile(proof, []byte(said(t, "token", "create", "--data", dir, "--role", "sensor", "--cluster", "prod", "--node", "w1", "sensors")), 0o600); err != nil {
		t.Fatal(err)
	}
	begin(exec.Command(sensor, append([]string{"--hub", note.Address, "--hub-token-file", proof, "--state", filepath.Join(base, "state"), "--node", "w1", "--runtime", "none"}, flags...)...))
	return dir
}

// A sensor on another machine, as a hub sees it: its trials prove the way from its hooks to the store; it judges the rules
// that the hub has decided on and says which; and what it finds there and the hub finds, too, is found once.
func TestNodeByGate(t *testing.T) {
	if testing.Short() {
		t.Skip("two programs, from the kernel to the store")
	}
	dir := gateWithSensor(t, "--hub-rules", "--hub-captures")
	asked(t, dir, "health | where coverage.kind == 'canary' and k8s.node == 'w1' and coverage.delay_ms > 0 and status != 'Failure' | count | project n = Count > 0", "true")
	mine := filepath.Join(t.TempDir(), "mine.yml")
	const text = "title: Only on nodes\nid: 00000000-0000-4000-8000-0000000000aa\nlogsource: {category: process_creation, product: linux}\ndetection: {a: {process.cmd_line|contains: only-on-nodes}, condition: a}\nlevel: low\n"
	if err := os.WriteFile(mine, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	said(t, "nodes", "set", "--data", dir, "--rules", "builtin", "--rules", mine, "--reason", "a test")
	eventually(t, "the node runs it", func() error {
		if out := said(t, "nodes", "--data", dir); !strings.Contains(out, "w1") || strings.Contains(out, "to be") || strings.Contains(out, "--hub-rules") {
			return fmt.Errorf("%s", out)
		}
		return nil
	})
	run(t, "/bin/true", "only-on-nodes")
	asked(t, dir, "finding | where finding_info.title == 'Only on nodes' | project strcat(k8s.cluster, ' ', ['count'])", "prod 1")

	// Both judge the reading of the file with the passwords.
	const found = "finding | where raw_data has 'lynceus-by-gate' and metadata.source == 'lynceus'"
	reader := filepath.Join(t.TempDir(), "lynceus-by-gate")
	run(t, "/bin/cp", "/bin/cat", reader)
	for range 3 {
		run(t, reader, "/etc/shadow")
	}
	asked(t, dir, found+" | count | project n = Count > 0", "true")
	asked(t, dir, "file | where file.path == '/etc/shadow' and actor.process.cmd_line has 'lynceus-by-gate' | count", "3")
	asked(t, dir, found+" | summarize n = dcount(metadata.uid), most = max(['count']) by finding_info.analytic.uid | where n > 1 or most > 3 | count", "0")
	capturedAndHashed(t, dir)
	if out := said(t, "nodes", "sets", "--data", dir); !strings.Contains(out, "a test") || !strings.Contains(out, "built-in") {
		t.Errorf("%s", out)
	}
}

// capturedAndHashed asks the node for the hash of a program in a container, and to tell more of that.
func capturedAndHashed(t *testing.T, dir string) {
	t.Helper()
	c, root := sensortest.NewContainer(t), t.TempDir()
	program := sensortest.Program(t, filepath.Join(root, "waits"), sensortest.Waits())
	cmd := c.CommandIn(root, "/waits")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(text))
	eventually(t, "the program of the container is hashed", func() error {
		out, err := lynceus(t.Context(), "nodes", "hash", "--data", dir, "--cluster", "prod", "--container", c.ID, "--path", "/waits", "w1").CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), sum) {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
	uid := strings.TrimSpace(said(t, "nodes", "capture", "--data", dir, "--cluster", "prod", "--container", c.ID, "--for", "2m", "w1"))
	file := filepath.Join(t.TempDir(), "captured")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Dir(file), filepath.Dir(filepath.Dir(file))} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := c.Command("/bin/cat", file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	asked(t, dir, "file | where file.path == '"+file+"' and isnotempty(container.uid) | project strcat(capture.uid, ' ', container.uid)", uid+" "+c.ID)
	said(t, "nodes", "capture", "--data", dir, "--cluster", "prod", "--stop", "w1")
	asked(t, dir, "health | where message has '"+uid+"' and message has 'somebody ended it' | count", "1")
	asked(t, dir, "selfaudit | where action in ('command_hash', 'command_capture') and status == 'Success' | summarize by action | count", "2")
}
