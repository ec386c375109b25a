//go:build cgo

package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/local"
	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/api/token"
)

// oneTable watches a table by asking for its first rows.
type oneTable struct{ hunt.Querier }

func (o oneTable) Watch(ctx context.Context, r hunt.WatchRequest) (hunt.Answer, error) {
	text := r.Table
	if r.Where != "" {
		text += " | where " + r.Where
	}
	return o.Query(ctx, hunt.Request{KQL: text + " | sort by time asc | take 5"})
}

// serve runs a server on a store, and leaves its note in the directory that
// it returns.
func serve(t *testing.T, s *demoStore) (dir string) {
	t.Helper()
	return serveTLS(t, s, nil)
}

// serveTLS is serve with encryption, where conf is not nil.
func serveTLS(t *testing.T, s *demoStore, conf *tls.Config) (dir string) {
	t.Helper()
	dir = t.TempDir()
	tokens, err := token.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	library, err := saved.NewLibrary(&keptQueries{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server, err := api.New(api.Options{
		Tokens: tokens, Queries: s, Live: oneTable{s}, Saved: library, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Status: func(context.Context) (api.Status, error) { return api.Status{Store: s.Identity()}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := api.Listen(t.Context(), api.ListenOptions{Address: "127.0.0.1:0", TLS: conf})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	_, text, err := tokens.Create(token.New{Name: "local", Role: token.Admin, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	scheme := "http://"
	if conf != nil {
		scheme = "https://"
	}
	if err := local.Write(dir, scheme+l.Addr().String(), text, os.Getpid()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The same question gives the same bytes, whether a server answers or the
// store itself, in every form and as evidence.
func TestServerAndStoreAnswerAlike(t *testing.T) {
	s := newDemoStore(t)
	up, alone := serve(t, s), t.TempDir()
	for _, args := range [][]string{
		{"query", "audit | project time, actor.user.name, api.response.code, audit.source_ips, took=time - audit.request_time, x=1.5, audit.request_object | sort by time asc, x asc | take 300"},
		{"query", "audit | summarize count() by bin(time, 1h) | render timechart", "-o", "chart"},
		{"ask", "secrets", "-p", "window=1d", "-o", "json"},
		{"query", "finding | summarize n=count() by severity | sort by n desc", "-o", "csv"},
		{"query", "audit | where nope == 1"},
	} {
		var outs, errs [2]string
		var codes [2]int
		for i, dir := range []string{up, alone} {
			outs[i], errs[i], codes[i] = asked(t, s, "", append(args, "--data", dir)...)
		}
		if outs[0] != outs[1] || errs[0] != errs[1] || codes[0] != codes[1] || len(outs[0]+errs[0]) == 0 {
			t.Errorf("%v:\n%d %s\n%s\nand\n%d %s\n%s", args, codes[0], outs[0], errs[0], codes[1], outs[1], errs[1])
		}
	}
	var proofs [2][]byte
	for i, dir := range []string{up, alone} {
		file := filepath.Join(t.TempDir(), "e.jsonl")
		_, errs, code := asked(t, s, "", "query", "audit | where api.response.code >= 400", "--until", "2026-11-18T18:00:00Z", "--evidence", file, "--data", dir, "-o", "json")
		b, err := os.ReadFile(file)
		if code != exitDone || err != nil {
			t.Fatalf("exit %d, %v: %s", code, err, errs)
		}
		proofs[i] = b
		if out, errs, code := asked(t, s, "", "verify", file); code != exitDone || !strings.Contains(out, "as it was written") {
			t.Errorf("verify: exit %d %s %s", code, out, errs)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, _, code := asked(t, s, "", "verify", file); code != exitMet || !strings.Contains(out, "changed") {
			t.Errorf("verify of a changed file: exit %d %s", code, out)
		}
	}
	if string(proofs[0]) != string(proofs[1]) {
		t.Error("a server and its store give different evidence")
	}
}

func TestWatch(t *testing.T) {
	s := newDemoStore(t)
	dir := serve(t, s)
	out, errs, code := asked(t, s, "", "watch", "--where", "api.response.code == 403", "--data", dir)
	if code != exitDone || !strings.Contains(out, "403") || !strings.Contains(out, "anna.keller") {
		t.Errorf("exit %d\n%s\n%s", code, out, errs)
	}
	out, errs, code = asked(t, s, "", "watch", "--findings", "-o", "json", "--data", dir)
	if code != exitDone || strings.Count(out, "\n") != 5 || !strings.Contains(out, `"finding_info.title":`) {
		t.Errorf("exit %d\n%s\n%s", code, out, errs)
	}
	if _, errs, code = asked(t, s, "", "watch", "--data", t.TempDir()); code != exitFailed || !strings.Contains(errs, "lynceus up") {
		t.Errorf("without a server: exit %d %s", code, errs)
	}
}

func TestTokensThroughServer(t *testing.T) {
	s := newDemoStore(t)
	dir := serve(t, s)
	note, admin, err := local.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(admin), 0o600); err != nil {
		t.Fatal(err)
	}
	server := []string{"--server", note.Address, "--token-file", file}
	text, errs, code := asked(t, s, "", append([]string{"token", "create", "--role", "viewer", "--expires", "1d", "jane"}, server...)...)
	if code != exitDone || !strings.HasPrefix(text, "lyn_") {
		t.Fatalf("exit %d %s %s", code, text, errs)
	}
	if out, _, _ := asked(t, s, "", append([]string{"token", "list"}, server...)...); !strings.Contains(out, "jane") || strings.Contains(out, strings.TrimSpace(text)) {
		t.Errorf("list: %s", out)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := asked(t, s, "", append([]string{"query", "print 1"}, server...)...); code != exitFailed || !strings.Contains(errs, "needs the role analyst") {
		t.Errorf("a viewer's query: exit %d %s", code, errs)
	}
}

func TestStaleNote(t *testing.T) {
	dir := t.TempDir()
	if err := local.Write(dir, "http://127.0.0.1:1", "x", 1<<30); err != nil {
		t.Fatal(err)
	}
	a := &app{getenv: func(string) string { return "" }}
	if _, err := a.remote(&sourceFlags{data: dir}); !errors.Is(err, local.ErrNone) {
		t.Errorf("the note of a server that ended: %v", err)
	}
}
