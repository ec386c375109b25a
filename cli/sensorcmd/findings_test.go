//go:build linux

package sensorcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/require"
)

// marker is an argument by which the tests know their processes.
const marker = "lynceus-marker"

const testRules = `
- macro: spawned_process
  condition: (evt.type in (execve, execveat))
- list: marked
  items: [true, /bin/true]
- rule: Marked program
  desc: a program with a marker
  condition: spawned_process and proc.name in (marked) and proc.args contains ` + marker + `
  output: Ran %proc.name as %user.name (%user.uid) in %container.id by %evt.type at %proc.tty with %proc.args and %fd.name
  priority: WARNING
  tags: [T1059, here]
- rule: Never
  desc: an event of the API server
  condition: ka.verb=create
  output: no
  source: k8s_audit
  priority: NOTICE
- rule: Marked file
  desc: a file with a marker in its name
  condition: evt.type in (open, openat, openat2) and evt.is_open_read=true and fd.num>=0 and fd.name contains ` + marker + `
  output: Read %fd.name
  priority: NOTICE
`

// background is a run of the command that goes on.
type background struct {
	mu     sync.Mutex
	out    bytes.Buffer
	stderr bytes.Buffer
	stop   context.CancelFunc
	code   chan int
}

// Write implements io.Writer.
func (b *background) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(p)
}

func (b *background) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.String()
}

// start starts the command with rules.
func start(tb testing.TB, stdout io.Writer, args ...string) *background {
	tb.Helper()
	require.BPF(tb)
	ctx, cancel := context.WithCancel(context.Background())
	b := &background{stop: cancel, code: make(chan int, 1)}
	if stdout == nil {
		stdout = b
	}
	go func() {
		b.code <- Run(ctx, append([]string{"--runtime", "none"}, args...), stdout, &b.stderr)
	}()
	tb.Cleanup(cancel)
	return b
}

// end ends it and returns its exit code.
func (b *background) end() int {
	b.stop()
	return <-b.code
}

func rulesFile(tb testing.TB) string {
	tb.Helper()
	name := filepath.Join(tb.TempDir(), "rules.yaml")
	if err := os.WriteFile(name, []byte(testRules), 0o600); err != nil {
		tb.Fatal(err)
	}
	return name
}

// runMarked runs a marked program until something has been seen of it.
func (b *background) runMarked(t *testing.T, seen func() bool) {
	t.Helper()
	// On a machine that does much else, loading takes minutes.
	for until := time.Now().Add(8 * time.Minute); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if err := exec.Command("/bin/true", marker).Run(); err != nil {
			t.Fatal(err)
		}
		if seen() {
			return
		}
		select {
		case code := <-b.code:
			t.Fatalf("it ended with code %d: %s", code, &b.stderr)
		default:
		}
	}
	code := b.end()
	t.Fatalf("nothing was seen; it ended with code %d: %s", code, &b.stderr)
}

func TestFindings(t *testing.T) {
	rules := rulesFile(t)
	for form, want := range map[string][]string{
		"jsonl":   {`"title":"Marked program"`, `"severity":"medium"`, "Ran true as root (0) in host by execve at 0 with " + marker + ` and \u003cNA>`},
		"compact": {"  medium         Marked program", "Ran true as root (0) in host by execve"},
		"falco":   {`"rule":"Marked program"`, `"priority":"Warning"`, `"source":"syscall"`, `"tags":["T1059","here"]`, `"user.uid":0`, `"evt.type":"execve"`, `"container.id":"host"`, `"fd.name":null`, ": Warning Ran true"},
		"ocsf":    {`"class_uid":2004`, `"title":"Marked program"`},
	} {
		t.Run(form, func(t *testing.T) {
			b := start(t, nil, "--findings-only", "--output", form, "--rules", rules)
			b.runMarked(t, func() bool { return strings.Contains(b.text(), "Marked program") })
			if code := b.end(); code != exitDone {
				t.Fatalf("code %d: %s", code, &b.stderr)
			}
			line, _, _ := strings.Cut(b.text(), "\n")
			for _, w := range want {
				if !strings.Contains(strings.ReplaceAll(line, "<NA>", `\u003cNA>`), w) {
					t.Errorf("no %s in %s", w, line)
				}
			}
			if !strings.Contains(b.stderr.String(), "2 rules of 3 are judged here; 1 are left to the hub") {
				t.Errorf("%s", &b.stderr)
			}
		})
	}
}

// Rows of processes that end are made where only rules want them.
func TestFindingsOfEnds(t *testing.T) {
	rules := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(rules, []byte(`
- rule: Marked end
  desc: a program with a marker ends
  condition: evt.type=procexit and proc.args contains `+marker+`
  output: Ended %proc.name
  priority: NOTICE
`), 0o600); err != nil {
		t.Fatal(err)
	}
	b := start(t, nil, "--findings-only", "--rules", rules)
	b.runMarked(t, func() bool { return strings.Contains(b.text(), "Marked end") })
	if code := b.end(); code != exitDone {
		t.Fatalf("code %d: %s", code, &b.stderr)
	}
}

// Findings go to a file, and as Falco's alerts to a server that is not well at first.
func TestFindingsElsewhere(t *testing.T) {
	var mu sync.Mutex
	var posts int
	var got []map[string]any
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if posts++; posts < 3 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		var alert map[string]any
		if err := json.NewDecoder(r.Body).Decode(&alert); err != nil {
			t.Error(err)
		}
		got = append(got, alert)
	}))
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "findings.jsonl")
	b := start(t, nil, "--findings-only", "--file", file, "--falco-http", srv.URL, "--node", "n1", "--rules", rulesFile(t))
	b.runMarked(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(got) > 0 })
	if code := b.end(); code != exitDone {
		t.Fatalf("code %d: %s", code, &b.stderr)
	}
	if b.text() != "" {
		t.Errorf("standard output has %s", b.text())
	}
	lines, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if n := bytes.Count(lines, []byte("\n")); n != len(got) {
		t.Errorf("%d findings, %d alerts", n, len(got))
	}
	first := got[0]
	for _, member := range []string{"time", "rule", "priority", "output", "output_fields", "source", "hostname", "tags"} {
		if first[member] == nil {
			t.Errorf("the alert has no %s: %v", member, first)
		}
	}
	if first["hostname"] != "n1" || !strings.Contains(b.stderr.String(), "2 requests failed") {
		t.Errorf("%v\n%s", first, &b.stderr)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// probe says what rules ask for.
func TestProbePlan(t *testing.T) {
	require.BPF(t)
	var stdout, stderr bytes.Buffer
	if code := Run(t.Context(), []string{"probe", "--measure", "1ms", "--rules", rulesFile(t)}, &stdout, &stderr); code != exitDone {
		t.Fatalf("code %d: %s", code, &stderr)
	}
	for _, want := range []string{"what 2 rules ask for", "with a part that contains " + marker, "for Marked file", "tp_btf/sys_exit"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("no %q in\n%s", want, &stdout)
		}
	}
}

// loadHelper, in the environment, makes the test binary a load of opens.
const loadHelper = "SENSORCMD_TEST_LOAD"

func TestMain(m *testing.M) {
	if isTrial(os.Args[1:]) { // of a sensor that runs in the process of a test
		return
	}
	if dir := os.Getenv(loadHelper); dir != "" {
		if err := openMany(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}
