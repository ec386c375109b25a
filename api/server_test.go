package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/rules"
)

// site is a running server with a token of each role.
type site struct {
	url    string
	store  *fakeStore
	tokens map[token.Role]string
	log    *bytes.Buffer
	mu     sync.Mutex
	uses   []api.Use
}

func (s *site) Record(_ context.Context, u api.Use) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uses = append(s.uses, u)
	return nil
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func newSite(t *testing.T, change func(*api.Options)) *site {
	t.Helper()
	s := &site{store: &fakeStore{}, tokens: map[token.Role]string{}, log: &bytes.Buffer{}}
	tokens, err := token.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range token.Roles() {
		n := token.New{Name: "the " + r.String(), Role: r, By: "test"}
		if r == token.Agent || r == token.Sensor {
			n.Cluster = "prod"
		}
		if _, s.tokens[r], err = tokens.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	library, err := saved.NewLibrary(&memory{m: map[string]saved.Stored{}}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	builtin := sigma.Load(sigma.Options{}, sigma.Tree{FS: rules.FS, Root: ".", Name: "builtin"})
	reg := prometheus.NewRegistry()
	o := api.Options{
		Tokens: tokens, Queries: s.store, Live: watcher{s.store}, Rules: func() []*rule.Rule { return builtin.Rules }, Saved: library,
		Status: func(context.Context) (api.Status, error) {
			return api.Status{Version: "test", Store: "s1", Started: time.Now().UTC()}, nil
		},
		Coverage: func(_ context.Context, q coverage.Question) (*coverage.Statement, error) {
			return testBook().State(q, time.Now()), nil
		},
		Sources: func(func(cluster string) bool) api.SourceStates {
			return api.SourceStates{Sources: testBook().Sources(time.Now()), Missing: []api.MissingSource{{Role: coverage.Audit, What: "requests", Enable: "follow a log"}}}
		},
		Metrics: reg, Registry: reg, Uses: s, Now: time.Now,
		Log: slog.New(slog.NewJSONHandler(&lockedWriter{w: s.log}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&o)
	}
	server, err := api.New(o)
	if err != nil {
		t.Fatal(err)
	}
	hs := httptest.NewServer(server)
	t.Cleanup(hs.Close)
	s.url = hs.URL
	return s
}

// testBook is the ledger of a sensor that lost something and has been silent since.
func testBook() *coverage.Book {
	b := coverage.NewBook(0)
	at := time.Now().UTC().Add(-time.Hour).Truncate(time.Minute)
	a := coverage.Account{
		Key: coverage.Key{Cluster: "prod", Node: "w1", Source: coverage.SensorSource}, Role: coverage.Sensor, Kind: coverage.Total, Reporter: coverage.SensorSource,
		From: at, To: at.Add(time.Minute), Counts: coverage.Counts{Seen: 95}, Timed: true, Oldest: at,
	}
	a.Lose(coverage.Ring, 5)
	b.Add(&a)
	return b
}

type watcher struct{ store *fakeStore }

func (w watcher) Watch(ctx context.Context, _ hunt.WatchRequest) (hunt.Answer, error) {
	return w.store.Query(ctx, hunt.Request{KQL: "many"})
}

// memory keeps saved queries of a test.
type memory struct {
	mu sync.Mutex
	m  map[string]saved.Stored
}

func (m *memory) List(context.Context) (out []saved.Stored, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.m {
		out = append(out, s)
	}
	return out, nil
}

func (m *memory) Get(_ context.Context, name string) (saved.Stored, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.m[name]
	if !ok {
		return s, saved.ErrNotFound
	}
	return s, nil
}

func (m *memory) Put(_ context.Context, s saved.Stored) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.m[s.Name] = s
	return nil
}

func (m *memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.m[name]; !ok {
		return saved.ErrNotFound
	}
	delete(m.m, name)
	return nil
}

func (s *site) client(t *testing.T, r token.Role) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{Server: s.url, Token: s.tokens[r]})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ask sends a request and returns the answer with its body.
func (s *site) ask(t *testing.T, method, path string, role token.Role, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if role != 0 {
		req.Header.Set("Authorization", "Bearer "+s.tokens[role])
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp, string(b) + " broke off: " + err.Error()
	}
	return resp, string(b)
}

func TestRefusals(t *testing.T) {
	s := newSite(t, func(o *api.Options) { o.Limits = api.Limits{Body: 1000} })
	tests := []struct {
		method, path string
		role         token.Role
		body         string
		status       int
		code         problem.Code
	}{
		{"GET", "/api/v1/status", 0, "", 401, problem.Unauthenticated},
		{"POST", "/api/v1/query", token.Viewer, `{"query":"x"}`, 403, problem.Forbidden},
		{"POST", "/api/v1/tokens", token.Responder, `{}`, 403, problem.Forbidden},
		{"GET", "/nothing", token.Admin, "", 404, problem.NotFound},
		{"DELETE", "/api/v1/query", token.Admin, "", 405, problem.NotAllowed},
		{"POST", "/api/v1/query", token.Analyst, `{"query":""}`, 400, problem.BadRequest},
		{"POST", "/api/v1/query", token.Analyst, `{"query":"x","maxrows":1}`, 400, problem.BadRequest},
		{"POST", "/api/v1/query", token.Analyst, `{"query":"x"}{}`, 400, problem.BadRequest},
		{"POST", "/api/v1/query", token.Analyst, `{"query":"x","since":"soon"}`, 400, problem.BadRequest},
		{"POST", "/api/v1/query", token.Analyst, `{"query":"x","since":"1h","from":"2026-01-01T00:00:00Z"}`, 400, problem.BadRequest},
		{"POST", "/api/v1/query", token.Analyst, `{"query":"` + strings.Repeat("x", 2000) + `"}`, 413, problem.TooLarge},
		{"POST", "/api/v1/query", token.Analyst, `{"query":"wrong one"}`, 422, problem.BadQuery},
		{"GET", "/api/v1/findings?colour=red", token.Viewer, "", 400, problem.BadRequest},
		{"GET", "/api/v1/findings?severity=bad", token.Viewer, "", 400, problem.BadRequest},
		{"GET", "/api/v1/findings?limit=0", token.Viewer, "", 400, problem.BadRequest},
		{"GET", "/api/v1/findings?cursor=x", token.Viewer, "", 400, problem.BadRequest},
		{"GET", "/api/v1/findings/none", token.Viewer, "", 404, problem.NotFound},
		{"GET", "/api/v1/rules/none", token.Viewer, "", 404, problem.NotFound},
		{"GET", "/api/v1/queries/none", token.Viewer, "", 404, problem.NotFound},
		{"PUT", "/api/v1/queries/secrets", token.Analyst, `{"query":"audit"}`, 409, problem.Conflict},
		{"PUT", "/api/v1/queries/mine", token.Analyst, `{"query":"audit | where ("}`, 422, problem.BadQuery},
		{"GET", "/api/v1/watch?table=x", token.Analyst, "", 404, problem.NotFound},
		{"DELETE", "/api/v1/tokens/none", token.Admin, "", 404, problem.NotFound},
	}
	for _, tt := range tests {
		resp, body := s.ask(t, tt.method, tt.path, tt.role, tt.body)
		var p problem.Problem
		if err := json.Unmarshal([]byte(body), &p); err != nil || resp.StatusCode != tt.status || p.Code != tt.code || p.Message == "" {
			t.Errorf("%s %s: %d %s; want %d %s", tt.method, tt.path, resp.StatusCode, body, tt.status, tt.code)
		}
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: security headers are missing: %v", tt.method, tt.path, resp.Header)
		}
	}
	for role, text := range s.tokens {
		if strings.Contains(s.log.String(), text) {
			t.Errorf("the log holds the token of the %s", role)
		}
	}
}

func collect(t *testing.T, q hunt.Querier, kql string) (rows [][]value.Value, a hunt.Answer, err error) {
	t.Helper()
	a, err = q.Query(t.Context(), hunt.Request{KQL: kql})
	if err != nil {
		return nil, nil, err
	}
	defer a.Close()
	row := make([]value.Value, len(a.Columns()))
	for a.Next(row) {
		rows = append(rows, append([]value.Value(nil), row...))
	}
	return rows, a, a.Err()
}

func TestQueryThroughClient(t *testing.T) {
	s := newSite(t, nil)
	c := s.client(t, token.Analyst)
	rows, a, err := collect(t, c, "many")
	if err != nil || len(rows) != 5000 || rows[4999][0] != value.Long(4999) || rows[0][1] != value.String("=row,\"\x1b[2J") {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if a.Render().Kind != "barchart" || len(a.Notes()) != 1 || a.Progress().ScannedBytes != 42 || a.Columns()[0].Type != value.TypeLong {
		t.Errorf("%+v %v %+v", a.Render(), a.Notes(), a.Progress())
	}
	var p *problem.Problem
	if rows, _, err = collect(t, c, "fail"); len(rows) != 1 || !errors.As(err, &p) || p.Code != problem.Internal || strings.Contains(err.Error(), "secret") {
		t.Errorf("a failure within the answer: %d rows, %v", len(rows), err)
	}
	if _, _, err = collect(t, c, "wrong one two"); !errors.As(err, &p) || p.Code != problem.BadQuery || len(p.Errors) != 1 || p.Errors[0].Column != 7 {
		t.Errorf("an error of the query: %v", err)
	}
	if text, err := c.Explain(t.Context(), hunt.Request{KQL: "x"}); err != nil || text != "plan of x" {
		t.Errorf("explain: %q %v", text, err)
	}
}

func TestForms(t *testing.T) {
	s := newSite(t, nil)
	resp, body := s.ask(t, "POST", "/api/v1/query", token.Analyst, `{"query":"many"}`, "Accept", "text/csv")
	if lines := strings.Split(body, "\r\n"); resp.Header.Get("Content-Type") != "text/csv" || lines[0] != "n,text" || lines[1] != "0,\"'=row,\"\"\x1b[2J\"" || len(lines) != 5002 {
		t.Errorf("csv: %q", lines[:2])
	}
	_, body = s.ask(t, "POST", "/api/v1/query", token.Analyst, `{"query":"many"}`, "Accept", "application/json;q=0.9, text/html")
	var doc struct {
		Schema string
		Rows   [][]any
		Notes  []string
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil || len(doc.Rows) != 5000 || len(doc.Notes) != 1 || strings.Contains(body, "\x1b") {
		t.Errorf("json: %v, %d rows", err, len(doc.Rows))
	}
	if resp, _ = s.ask(t, "POST", "/api/v1/query", token.Analyst, `{"query":"many"}`, "Accept", "image/png"); resp.StatusCode != 406 {
		t.Errorf("image/png: %d", resp.StatusCode)
	}
	if resp, body = s.ask(t, "POST", "/api/v1/query", token.Analyst, `{"query":"fail"}`, "Accept", "text/csv"); resp.StatusCode != 500 {
		t.Errorf("a CSV that failed at once: %d %q", resp.StatusCode, body)
	}
	if _, body = s.ask(t, "POST", "/api/v1/query", token.Analyst, `{"query":"late"}`, "Accept", "text/csv"); !strings.Contains(body, "broke off") {
		t.Errorf("a CSV that failed looks whole: %q", body)
	}
}

// A client that goes away ends its query; a query that takes too long ends,
// too, and one that comes while as many run as may is told to wait.
func TestCancelTimeoutBusy(t *testing.T) {
	s := newSite(t, func(o *api.Options) {
		o.Limits = api.Limits{Queries: 1, QueryWait: 500 * time.Millisecond, Timeout: time.Minute}
	})
	c := s.client(t, token.Analyst)
	ctx, cancel := context.WithCancel(t.Context())
	a, err := c.Query(ctx, hunt.Request{KQL: "hang"})
	if err != nil {
		t.Fatal(err)
	}
	var p *problem.Problem
	if _, err := c.Query(t.Context(), hunt.Request{KQL: "many"}); !errors.As(err, &p) || p.Code != problem.Busy {
		t.Errorf("a second query: %v", err)
	}
	cancel()
	a.Close()
	for deadline := time.Now().Add(time.Minute); s.store.hanging.Load() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the query still runs after its client went away")
		}
	}
	a, err = c.Query(t.Context(), hunt.Request{KQL: "hang", Timeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if a.Next(make([]value.Value, 2)); !errors.As(a.Err(), &p) || p.Code != problem.Timeout {
		t.Errorf("a query that takes too long: %v", a.Err())
	}
}

func TestUsesAreRecorded(t *testing.T) {
	s := newSite(t, nil)
	if _, _, err := collect(t, s.client(t, token.Analyst), "many"); err != nil {
		t.Fatal(err)
	}
	s.ask(t, "GET", "/api/v1/tokens", token.Viewer, "")
	s.ask(t, "GET", "/healthz", 0, "")
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		uses := append([]api.Use(nil), s.uses...)
		s.mu.Unlock()
		if len(uses) < 2 && time.Now().Before(deadline) {
			continue
		}
		if len(uses) != 2 || uses[0].Who != "the analyst" || uses[0].What != "many" || uses[0].Outcome != "ok" || uses[0].Rows != 5000 || uses[1].Outcome != "forbidden" {
			t.Errorf("%+v", uses)
		}
		return
	}
}

func TestSavedQueries(t *testing.T) {
	s := newSite(t, nil)
	text := `{"query":"// Mine\n// needs: audit\naudit"}`
	if resp, body := s.ask(t, "PUT", "/api/v1/queries/mine", token.Analyst, text); resp.StatusCode != 200 || !strings.Contains(body, `"author":"the analyst"`) {
		t.Errorf("save: %d %s", resp.StatusCode, body)
	}
	if resp, body := s.ask(t, "GET", "/api/v1/queries/mine", token.Viewer, ""); resp.StatusCode != 200 || !strings.Contains(body, `"title":"Mine"`) {
		t.Errorf("get: %d %s", resp.StatusCode, body)
	}
	if resp, _ := s.ask(t, "DELETE", "/api/v1/queries/mine", token.Analyst, ""); resp.StatusCode != 204 {
		t.Errorf("remove: %d", resp.StatusCode)
	}
	if resp, _ := s.ask(t, "DELETE", "/api/v1/queries/mine", token.Analyst, ""); resp.StatusCode != 404 {
		t.Errorf("remove twice: %d", resp.StatusCode)
	}
}

func TestPublicAddressNeedsTLS(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0"} {
		if l, err := api.Listen(t.Context(), api.ListenOptions{Address: address}); err == nil || !strings.Contains(err.Error(), "certificate") {
			if l != nil {
				l.Close()
			}
			t.Errorf("%s without TLS: %v", address, err)
		}
	}
	l, err := api.Listen(t.Context(), api.ListenOptions{Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}
