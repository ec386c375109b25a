//go:build cgo

package cli

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"slices"
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
	dir    string // as a data directory
	lake   *lake.Lake
	engine *duck.Engine
}

// Identity implements Store.
func (d *demoStore) Identity() string { return "demo" }

// Close implements Store. The store is shared by the tests of a run.
func (d *demoStore) Close() error { return nil }

func newDemoStore(t *testing.T) *demoStore {
	t.Helper()
	return newStore(t, func(a *lake.Append) { addDemo(t, a) })
}

// addDemo adds the recorded day and what is found in it.
func addDemo(t *testing.T, a *lake.Append) {
	t.Helper()
	demo := filepath.Join(require.ModuleRoot(t), "docs", "demo", "demo.jsonl.gz")
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
}

// newStore returns a store with what add puts into it.
func newStore(t *testing.T, add func(a *lake.Append)) *demoStore {
	t.Helper()
	dir := t.TempDir()
	l, _, err := lake.Open(t.Context(), lake.Options{Dir: filepath.Join(dir, "lake")})
	if err != nil {
		t.Fatal(err)
	}
	a := l.Begin("test", 1, 1)
	add(a)
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
	o := hunt.StoreOptions{Now: func() time.Time { return demoNow }, Holds: func(_ context.Context, c event.Class) (bool, error) {
		return slices.ContainsFunc(l.Stats().Tables, func(t lake.TableStats) bool { return t.Class == c && t.Rows > 0 }), nil
	}}
	return &demoStore{hunt.NewStore(engine, o), dir, l, engine}
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

// A question of each table that is there is answered, and says which tables
// are empty.
func TestAskSaysWhatIsLacking(t *testing.T) {
	if testing.Short() {
		t.Skip("one command after another, each by itself: nothing for the race detector")
	}
	s, dir := newDemoStore(t), t.TempDir()
	tests := []struct {
		args          []string
		stdout, notes string
	}{
		{[]string{"ask", "processes", "-p", "window=1d"}, "cat /var/run/secrets/kubernetes.io/serviceaccount/token", "this store has no process events"},
		{[]string{"ask", "boundaries", "-p", "window=1d"}, "203.0.113.66", "this store has no network or dns events: the answer is from audit only"},
		{[]string{"query", "process | count"}, "0", "there is nothing to answer from"},
		{[]string{"query", "audit | count"}, "643", ""},
	}
	for _, tt := range tests {
		out, errs, code := asked(t, s, "", append(tt.args, "--data", dir)...)
		noted := strings.Contains(errs, tt.notes) && (tt.notes != "" || !strings.Contains(errs, "note:"))
		if code != exitDone || !strings.Contains(out, tt.stdout) || !noted {
			t.Errorf("%v: exit %d\n%s\n%s", tt.args, code, errs, out)
		}
	}
}

func TestQueryErrors(t *testing.T) {
	if testing.Short() {
		t.Skip("wrong command lines, one after another: nothing for the race detector")
	}
	s, dir := newDemoStore(t), t.TempDir()
	tests := []struct {
		args []string
		code int
		want string
	}{
		{[]string{"query", "audit\n| where resource.typ == 'x'"}, exitFailed, "2:9:"},
		{[]string{"query", "audit | where"}, exitFailed, "^"},
		{[]string{"query", "declare query_parameters(n:long); print n", "-p", "n=x"}, exitFailed, "no long"},
		{[]string{"query", "print 1", "-p", "n=x"}, exitFailed, "declares no parameter"},
		{[]string{"query"}, exitUsage, "no query"},
		{[]string{"query", "a", "b"}, exitUsage, "in quotes"},
		{[]string{"query", "print 1", "-o", "xml"}, exitUsage, "none of table"},
		{[]string{"ask", "secret"}, exitUsage, `did you mean "secrets"?`},
		{[]string{"ask", "account"}, exitUsage, "needs a value for account"},
		{[]string{"ask", "secrets", "-p", "colour=red"}, exitUsage, "no parameter"},
	}
	for _, tt := range tests {
		out, errs, code := asked(t, s, "", append(tt.args, "--data", dir)...)
		if code != tt.code || !strings.Contains(errs, tt.want) {
			t.Errorf("%q: exit %d, want %d\n%s\n%s", tt.args, code, tt.code, errs, out)
		}
	}
}
