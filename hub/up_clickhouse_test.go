//go:build cgo

package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/store/clickhouse"
	"github.com/lynceus-io/lynceus/test/clickhouse/chtest"
)

// cluster is an engine of ClickHouse at an address that stays the same when it is killed and started again.
type cluster struct {
	t      *testing.T
	dir    string
	engine *chtest.Engine
	target atomic.Pointer[url.URL]
	url    string
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t, dir: t.TempDir()}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(c.target.Load()) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "nobody is there", http.StatusBadGateway)
		},
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.target.Load() == nil {
			http.Error(w, "nobody is there", http.StatusBadGateway)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	c.url = front.URL + "/lynceus"
	return c
}

func (c *cluster) start() {
	c.t.Helper()
	c.engine = chtest.StartAt(c.t, c.dir)
	u, err := url.Parse(c.engine.URL())
	if err != nil {
		c.t.Fatal(err)
	}
	c.target.Store(u)
}

func (c *cluster) kill() {
	c.target.Store(nil)
	c.engine.Kill()
}

// comparedQueries are asked of both stores.
var comparedQueries = []string{
	"audit | summarize rows = count(), events = dcount(metadata.uid)",
	"audit | summarize n = count() by api.operation, resource.type, actor.user.name, api.response.code | sort by n, api.operation, resource.type, actor.user.name, api.response.code",
	"finding | summarize n = count(), first = min(time), last = max(time) by finding_info.title, severity | sort by finding_info.title, severity",
	"incident | summarize n = count() by severity | sort by severity",
	"audit | sort by time asc, metadata.uid asc | project time, metadata.uid, metadata.revision, audit.stage, src_endpoint.ip, k8s.namespace, raw_data",
}

// rows returns an answer as text, a line for each row.
func rows(ctx context.Context, q hunt.Querier, kql string) (string, error) {
	a, err := q.Query(ctx, hunt.Request{KQL: kql})
	if err != nil {
		return "", err
	}
	defer a.Close()
	var out strings.Builder
	row := make([]value.Value, len(a.Columns()))
	for a.Next(row) {
		fmt.Fprintln(&out, row)
	}
	return out.String(), a.Err()
}

// agree waits until the store here has n requests, ClickHouse has all that it has, and both answer alike.
func agree(t *testing.T, u *Up, far hunt.Querier, n int) {
	t.Helper()
	want := fmt.Sprintln([]value.Value{value.Long(int64(n))})
	deadline := time.Now().Add(5 * time.Minute)
	for {
		got, err := rows(t.Context(), u.store, "audit | count")
		if err != nil {
			t.Fatal(err)
		}
		box := u.store.lake.Stats().Outbox
		if got == want && box.Segments == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s requests here, want %d; %+v wait; %+v", strings.TrimSpace(got), n, box, u.shipper.Stats())
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, kql := range comparedQueries {
		// Findings may come while we look.
		var here, there string
		for range 40 {
			var err error
			if here, err = rows(t.Context(), u.store, kql); err != nil {
				t.Fatalf("%s: %v", kql, err)
			}
			if there, err = rows(t.Context(), far, kql); err != nil {
				t.Fatalf("%s: %v", kql, err)
			}
			if here == there {
				break
			}
			time.Sleep(250 * time.Millisecond)
		}
		if here != there {
			t.Errorf("%s\nhere:\n%.2000s\nthere:\n%.2000s", kql, here, there)
		}
	}
}

func appendLines(t *testing.T, name string, lines [][]byte) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(append(bytes.Join(lines, []byte("\n")), '\n')); err != nil {
		t.Fatal(err)
	}
}

// TestUpShips follows a log and ships to ClickHouse, which is not there at first, is killed in the middle, and finds the server restarted:
// each time both stores give the same answers in the end.
func TestUpShips(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.start() // or the test is skipped
	c.kill()
	lines := logLines(t, demoLog)
	parts := cut(lines, 4)
	log := filepath.Join(t.TempDir(), "audit.log")
	appendLines(t, log, parts[0])
	options := UpOptions{
		Dir: t.TempDir(), Follow: []string{log}, Listen: "127.0.0.1:0", Rules: builtinRules(t),
		ClickHouse: &ClickHouseOptions{Database: clickhouse.Options{URL: c.url}, Answer: true},
	}
	start := func() *Up {
		t.Helper()
		u, err := Start(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { u.Stop() })
		return u
	}
	requests := requestCounts(t, parts)

	u := start()
	until := time.Now().Add(5 * time.Minute)
	for u.store.lake.Stats().Outbox.Segments == 0 || u.shipper.Stats().LastError == nil {
		if time.Now().After(until) {
			t.Fatalf("nothing waits for the cluster that is away: %+v", u.shipper.Stats())
		}
		time.Sleep(20 * time.Millisecond)
	}
	if _, err := rows(t.Context(), u.queries, "audit | count"); err == nil || !strings.Contains(err.Error(), "unavailable") {
		t.Errorf("asked a cluster that is away: %v", err)
	}
	c.start()
	agree(t, u, u.queries, requests[0])

	c.kill()
	appendLines(t, log, parts[1])
	time.Sleep(time.Second)
	c.start()
	appendLines(t, log, parts[2])
	agree(t, u, u.queries, requests[2])

	if err := u.Stop(); err != nil {
		t.Fatal(err)
	}
	appendLines(t, log, parts[3])
	u = start()
	if !u.Recovery().Clean() {
		t.Errorf("recovery: %s", u.Recovery())
	}
	agree(t, u, u.queries, requests[3])
	if p := u.shippingProblems(); len(p) > 0 {
		t.Errorf("problems %q", p)
	}
	far, err := OpenClickHouse(clickhouse.Options{URL: c.url}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	agree(t, u, far, requests[3])
}

// requestCounts returns how many requests there are in the first part of a log, the first two, and so on.
func requestCounts(t *testing.T, parts [][][]byte) []int {
	t.Helper()
	seen := map[string]bool{}
	var out []int
	for _, part := range parts {
		for _, line := range part {
			var e struct{ AuditID string }
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatal(err)
			}
			seen[e.AuditID] = true
		}
		out = append(out, len(seen))
	}
	return out
}

// TestUpShippingProblems looks at what the status says.
func TestUpShippingProblems(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(t.TempDir(), "audit.log")
	appendLines(t, log, logLines(t, demoLog)[:50])
	var late atomic.Int64
	options := UpOptions{
		Dir: dir, Follow: []string{log}, Listen: "127.0.0.1:0", Rules: builtinRules(t), Now: func() time.Time { return time.Now().Add(time.Duration(late.Load())) },
		ClickHouse: &ClickHouseOptions{Database: clickhouse.Options{URL: "http://lynceus:secret@127.0.0.1:1/lynceus"}},
	}
	u, err := Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Stop() })
	problems := func(want string) {
		t.Helper()
		var got string
		for range 600 {
			if got = strings.Join(u.problems(t.Context()), "\n"); strings.Contains(got, want) {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if !strings.Contains(got, want) || strings.Contains(got, "secret") {
			t.Errorf("problems %q, want %q and no password", got, want)
		}
	}
	for range 600 {
		if u.store.lake.Stats().Outbox.Segments > 0 && u.shipper.Stats().LastError != nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	late.Store(int64(2 * time.Minute))
	problems("ClickHouse is behind since ")
	problems("ClickHouse is unavailable: 127.0.0.1:1")
	families, err := u.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]float64{}
	for _, f := range families {
		if g := f.GetMetric()[0].GetGauge(); g != nil {
			seen[f.GetName()] = g.GetValue()
		}
	}
	if seen["lynceus_clickhouse_waiting_segments"] < 1 || seen["lynceus_clickhouse_behind_seconds"] < 60 {
		t.Errorf("metrics: %v segments wait, %v seconds behind", seen["lynceus_clickhouse_waiting_segments"], seen["lynceus_clickhouse_behind_seconds"])
	}
	if err := u.Stop(); err != nil {
		t.Fatal(err)
	}
	options.ClickHouse = nil
	if u, err = Start(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Stop() })
	problems("nothing sends them")
	if err := u.Stop(); err != nil {
		t.Fatal(err)
	}
	options.ClickHouse = &ClickHouseOptions{Database: clickhouse.Options{URL: "http://127.0.0.1:1/lynceus"}, Backlog: 1}
	if u, err = Start(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Stop() })
	appendLines(t, log, logLines(t, demoLog)[50:60])
	problems("ClickHouse lacks ")
}
