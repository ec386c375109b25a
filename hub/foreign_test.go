package hub_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/internal/require"
)

const (
	// execRequest is a request to run a command in a pod, shellAlert what Falco says of the shell.
	execRequest = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a1","stage":"ResponseStarted","requestURI":"/api/v1/namespaces/shop/pods/web-1/exec?command=sh&stdin=true&tty=true&container=web","verb":"create","user":{"username":"mira","groups":["system:authenticated"]},"sourceIPs":["10.0.0.9"],"objectRef":{"resource":"pods","namespace":"shop","name":"web-1","apiVersion":"v1","subresource":"exec"},"responseStatus":{"code":101},"requestReceivedTimestamp":"2026-01-01T10:00:05.000000Z","stageTimestamp":"2026-01-01T10:00:05.050000Z"}`
	shellAlert  = `{"hostname":"node-1","output":"A shell","output_fields":{"container.id":"7f0c4a2e9b11","container.name":"web","evt.time":1767261605223456789,"evt.type":"execve","k8s.ns.name":"shop","k8s.pod.name":"web-1","proc.cmdline":"sh","proc.exepath":"/bin/sh","proc.name":"sh","proc.pname":"runc","proc.tty":34816,"user.name":"root","user.uid":0},"priority":"Warning","rule":"Terminal shell in container","source":"syscall","time":"2026-01-01T10:00:05.223456789Z"}`
)

func writeLog(t *testing.T, name string, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// An alert of Falco's is in one incident with the request that led to it, and counts once however often it comes.
func TestScanForeignAlert(t *testing.T) {
	r, err := hub.Scan(t.Context(), hub.ScanOptions{
		Files: []string{writeLog(t, "audit.log", execRequest), writeLog(t, "falco.json", shellAlert, shellAlert), writeLog(t, "again.json", shellAlert)},
		Rules: builtinRules(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Incidents) != 1 {
		t.Fatalf("%d incidents", len(r.Incidents))
	}
	var titles []string
	for _, f := range r.Incidents[0].Findings {
		titles = append(titles, f.Rule.Title+" by "+f.Actor.User)
		if f.Count != 1 {
			t.Errorf("%q counts %d times", f.Rule.Title, f.Count)
		}
	}
	got := strings.Join(titles, ", ")
	for _, want := range []string{"Command run in a container by mira", "Alert of another security tool by ", "Interactive shell in a container by mira"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	for _, s := range r.Coverage.Sources {
		if strings.Contains(s.Name, "falco") && (s.Dialect != "falco" || s.Events != 4 || s.Ignored+s.Broken != 0) {
			t.Errorf("%+v", s)
		}
	}
}

// What others published of these tools' events can all be read.
func TestScanForeignSamples(t *testing.T) {
	dir := filepath.Join(require.Corpora(t), "ingest-samples")
	for name, want := range map[string]string{"tetragon_docs.jsonl": "tetragon", "kubearmor_docs.jsonl": "kubearmor"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.Lines(string(b)) {
			_, event, ok := strings.Cut(line, `"event": `)
			if !ok {
				t.Fatalf("%s has another form: %.80s", name, line)
			}
			lines = append(lines, strings.TrimSuffix(strings.TrimSpace(event), "}"))
		}
		r, err := hub.Scan(t.Context(), hub.ScanOptions{Files: []string{writeLog(t, name, lines...)}})
		if err != nil {
			t.Fatal(err)
		}
		if s := r.Coverage.Sources[0]; s.Ignored+s.Broken != 0 || s.Events < int64(len(lines)) || s.Dialect != want {
			t.Errorf("%s: %d lines, %+v", name, len(lines), s)
		}
	}
}
