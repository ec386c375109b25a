//go:build cgo

package cli

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/collect/tail"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule/sigma"
)

// demoLog is the recorded day of docs/demo, as an API server writes it, three
// days earlier.
func demoLog(t *testing.T) []byte {
	t.Helper()
	packed, err := os.ReadFile(filepath.Join(require.ModuleRoot(t), "docs", "demo", "demo.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	log, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(log, []byte("2026-11-18"), []byte("2026-11-15"))
}

// later is the same log three days later.
func later(log []byte) []byte {
	return bytes.ReplaceAll(log, []byte("2026-11-15"), []byte("2026-11-18"))
}

// running is a whole server on a data directory.
type running struct {
	t    *testing.T
	dir  string
	log  string
	up   *hub.Up
	opts hub.UpOptions
}

func runUp(t *testing.T, log []byte) *running {
	t.Helper()
	r := &running{t: t, dir: filepath.Join(t.TempDir(), "data"), log: filepath.Join(t.TempDir(), "audit.log")}
	if err := os.WriteFile(r.log, log, 0o600); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	r.opts = hub.UpOptions{
		Dir: r.dir, Follow: []string{r.log}, Start: tail.FromBeginning, Listen: "127.0.0.1:0", Rules: sigma.Load(sigma.Options{}, builtin()).Rules,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return demoNow.Add(time.Since(begun)) },
	}
	r.start()
	t.Cleanup(r.stop)
	return r
}

func (r *running) start() {
	r.t.Helper()
	var err error
	if r.up, err = hub.Start(r.t.Context(), r.opts); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) stop() {
	if err := r.up.Stop(); err != nil {
		r.t.Error(err)
	}
}

// do runs a command against the server, which must succeed.
func (r *running) do(args ...string) string {
	r.t.Helper()
	out, errs, code := asked(r.t, nil, "", append(args, "--data", r.dir)...)
	if code != exitDone {
		r.t.Fatalf("%v: exit %d: %s", args, code, errs)
	}
	return out + errs
}

// fails runs a command that must fail, and returns what it says.
func (r *running) fails(args ...string) string {
	r.t.Helper()
	out, errs, code := asked(r.t, nil, "", append(args, "--data", r.dir)...)
	if code == exitDone {
		r.t.Errorf("%v succeeded: %s", args, out)
	}
	return errs
}

// eventually runs a command until its output has a text.
func (r *running) eventually(want string, args ...string) string {
	r.t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		out := r.do(args...)
		if strings.Contains(out, want) {
			return out
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%v: no %q in\n%s", args, want, out)
		}
	}
}

// incidents are what incident list says, the gravest first.
func (r *running) incidents(args ...string) []api.Incident {
	r.t.Helper()
	var out struct {
		Incidents []api.Incident `json:"incidents"`
	}
	if err := json.Unmarshal([]byte(r.do(append([]string{"incident", "list", "-o", "json"}, args...)...)), &out); err != nil {
		r.t.Fatal(err)
	}
	slices.SortFunc(out.Incidents, func(x, y api.Incident) int {
		return cmp.Or(cmp.Compare(len(y.Findings), len(x.Findings)), cmp.Compare(x.ID, y.ID))
	})
	return out.Incidents
}

// gravest waits for an incident with findings, and until nothing is added any
// more.
func (r *running) gravest() api.Incident {
	r.t.Helper()
	var was []api.Incident
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(1500 * time.Millisecond) {
		now := r.incidents()
		if len(now) > 0 && reflect.DeepEqual(now, was) {
			return now[0]
		}
		was = now
	}
	r.t.Fatal("no incident, or no end of them")
	return api.Incident{}
}

func (r *running) append(log []byte) {
	r.t.Helper()
	f, err := os.OpenFile(r.log, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(log); err != nil {
		r.t.Fatal(err)
	}
}

// cut divides a log after a part of its lines.
func cut(log []byte, part float64) (first, rest []byte) {
	lines := bytes.SplitAfter(log, []byte("\n"))
	n := int(part * float64(len(lines)))
	return bytes.Join(lines[:n], nil), bytes.Join(lines[n:], nil)
}

// What was decided about an incident survives its growth, a restart, and that
// it is too old to grow.
func TestIncidentStatus(t *testing.T) {
	day := demoLog(t)
	first, rest := cut(day, 0.69)
	r := runUp(t, first)
	one := r.gravest()
	if one.Status != "open" || one.Assignee != "" {
		t.Fatalf("at first: %+v", one)
	}
	r.do("incident", "assign", one.ID, "ann")
	out := r.do("incident", "status", one.ID, "closed", "--as", "false-positive", "--comment", "a drill")
	for _, want := range []string{"closed as false positive, for ann", "by local", "a drill"} {
		if !strings.Contains(out, want) {
			t.Errorf("status: no %q in\n%s", want, out)
		}
	}
	if errs := r.fails("incident", "status", strings.Repeat("0", 32), "open"); !strings.Contains(errs, "no incident has the id") {
		t.Errorf("an unknown one: %s", errs)
	}
	find := []string{"query", "incident | where status == 'closed' and assignee == 'ann' and resolution == 'false_positive' | project finding_info.uid, status_detail", "-o", "json"}
	r.eventually(one.ID, find...)
	if list := r.incidents("--status", "closed", "--assignee", "ann"); len(list) != 1 || list[0].ID != one.ID || list[0].Resolution != "false_positive" {
		t.Errorf("listed: %+v", list)
	}

	r.append(rest)
	grown := r.eventually("It has grown", "incident", "show", one.ID)
	for _, want := range []string{"Who", "To do", one.ID, "closed as false positive"} {
		if !strings.Contains(grown, want) {
			t.Errorf("show: no %q in\n%s", want, grown)
		}
	}
	r.eventually(one.ID, find...)

	r.stop()
	r.start()
	r.eventually(one.ID, find...)
	r.do("incident", "comment", one.ID, "it was none")
	r.do("incident", "status", one.ID, "investigating")
	r.eventually(one.ID, "incident", "list", "--status", "investigating")
	if out := r.do("incident", "history", one.ID); strings.Count(out, "by local") != 3 {
		t.Errorf("history: %s", out)
	}

	// Three days later it can neither grow nor is it in memory.
	r.append(later(day))
	r.eventually("2026-11-18", "query", "incident | project last_seen_time | take 100", "-o", "json")
	time.Sleep(3 * time.Second)
	r.do("incident", "status", one.ID, "closed", "--as", "true-positive")
	r.eventually(one.ID, "query", "incident | where status == 'closed' and resolution == 'true_positive' and status_detail == 'closed as true positive by local' | project finding_info.uid", "-o", "json")
	r.eventually(`"n":1`, "query", "incident | where finding_info.uid == '"+one.ID+"' | summarize n=count()", "-o", "json")
	r.eventually("change_case", "query", "selfaudit | where action == 'change_case' and message has 'closed as true positive'", "-o", "json")
}
