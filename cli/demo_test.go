//go:build cgo

package cli

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/store/lake"
	"github.com/lynceus-io/lynceus/store/lake/duck"
)

// demoNow is the end of the recorded day, from which questions look back.
var demoNow = time.Date(2026, 11, 18, 18, 0, 0, 0, time.UTC)

// demoStore is a store with the recorded day of docs/demo in it, and what is
// found there.
type demoStore struct {
	*hunt.Store
	lake   *lake.Lake
	engine *duck.Engine
}

// Identity implements Store.
func (d *demoStore) Identity() string { return "demo" }

// Close implements Store. The store is shared by the tests of a run.
func (d *demoStore) Close() error { return nil }

func newDemoStore(t *testing.T) *demoStore {
	t.Helper()
	demo := filepath.Join(require.ModuleRoot(t), "docs", "demo", "demo.jsonl.gz")
	dir := t.TempDir()
	l, _, err := lake.Open(t.Context(), lake.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	a := l.Begin("test", 1, 1)
	r, err := audit.Open(t.Context(), []string{demo}, audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		event.MetadataUID.Set(rec.Event, rec.UID.String())
		event.ReceivedTime.Set(rec.Event, rec.Time)
		if err := a.Add(rec.Event); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	loaded := sigma.Load(sigma.Options{}, builtin())
	found, err := hub.Scan(t.Context(), hub.ScanOptions{Files: []string{demo}, Rules: loaded.Rules})
	if err != nil {
		t.Fatal(err)
	}
	var e event.Event
	of := found.IncidentOf()
	for _, f := range found.Findings {
		if err := row.Finding(&e, f, row.Standing{Received: f.Last, Incident: of[f.ID]}); err != nil {
			t.Fatal(err)
		}
		if err := a.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	for _, i := range found.Incidents {
		if err := row.Incident(&e, i, row.Standing{Received: i.Last}); err != nil {
			t.Fatal(err)
		}
		if err := a.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	engine, err := duck.Open(l, duck.Options{Directories: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return &demoStore{hunt.NewStore(engine, func() time.Time { return demoNow }), l, engine}
}

// asked runs the command on a store and returns what it wrote and its exit
// code.
func asked(t *testing.T, s Store, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{
		stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs, now: func() time.Time { return demoNow }, getenv: func(string) string { return "" },
		openStore: func(context.Context, string) (Store, error) { return s, nil },
	}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	code = a.exit(root.ExecuteContext(t.Context()))
	return out.String(), errs.String(), code
}

func TestQuestions(t *testing.T) {
	s := newDemoStore(t)
	dir := t.TempDir()
	for _, args := range [][]string{
		{"ask", "secrets", "-p", "window=1d"},
		{"ask", "processes", "-p", "window=1d"},
		{"ask", "account", "-p", "window=1d", "-p", "account=payments/payments-api"},
		{"ask", "boundaries", "-p", "window=1d"},
		{"ask", "who", "-p", "pod=web-857d587c54-rj5xn"},
		{"ask", "indicator", "-p", "value=203.0.113.66"},
		{"ask", "refused"},
	} {
		start := time.Now()
		out, errs, code := asked(t, s, "", append(args, "--data", dir)...)
		t.Logf("%v: exit %d after %s\n%s\n%s", args, code, time.Since(start), errs, out)
	}
}
