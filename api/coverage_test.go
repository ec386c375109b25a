package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Every answer says what is missing of it, in each form, and clients read it.
func TestAnswersCarryCoverage(t *testing.T) {
	s := newSite(t, nil)
	s.store.finding = findingRows()
	const lost = "5 events (5.0 %) went missing at ring"
	for _, tt := range []struct {
		method, url, body, accept string
		role                      token.Role
	}{
		{"POST", "/api/v1/query", `{"query":"many"}`, "application/json", token.Analyst},
		{"POST", "/api/v1/query", `{"query":"many"}`, "application/x-ndjson", token.Analyst},
		{"POST", "/api/v1/query", `{"query":"many"}`, "text/csv", token.Analyst},
		{"GET", "/api/v1/findings?since=2h", "", "application/json", token.Viewer},
		{"GET", "/api/v1/findings/f1", "", "application/json", token.Viewer},
		{"GET", "/api/v1/coverage?since=2h", "", "application/json", token.Viewer},
	} {
		resp, body := s.ask(t, tt.method, tt.url, tt.role, tt.body, "Accept", tt.accept)
		switch {
		case strings.HasPrefix(tt.url, "/api/v1/query") && !strings.Contains(resp.Header.Get("Lynceus-Coverage"), lost):
			t.Errorf("%s as %s: header %q", tt.url, tt.accept, resp.Header.Get("Lynceus-Coverage"))
		case tt.accept == "text/csv":
		case strings.HasSuffix(tt.url, "/f1"): // it was found long before the ledger begins
			if !strings.Contains(body, `"reason":"before"`) {
				t.Errorf("%s: %s", tt.url, body)
			}
		case !strings.Contains(body, `"missing":{"ring":5}`) || !strings.Contains(body, `"complete":false`):
			t.Errorf("%s as %s: %.300s", tt.url, tt.accept, body)
		}
	}
	c, err := client.New(client.Options{Server: s.url, Token: s.tokens[token.Analyst]})
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Query(t.Context(), hunt.Request{KQL: "many"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for row := make([]value.Value, len(a.Columns())); a.Next(row); {
	}
	if got := hunt.CoverageOf(a); got == nil || !strings.Contains(got.Line(), lost) {
		t.Errorf("the client reads %+v", got)
	}
}

// Health says in a few words what is wrong, and is no reason for a restart.
func TestHealthSaysWhatIsWrong(t *testing.T) {
	s := newSite(t, func(o *api.Options) {
		o.Healthy = func() error { return errors.New("failure: 2 conditions, the first: disk-full") }
		o.Coverage = func(context.Context, coverage.Question) (*coverage.Statement, error) { return nil, nil }
		o.Sources = func(func(cluster string) bool) api.SourceStates { return api.SourceStates{} }
	})
	for _, path := range []string{"/healthz", "/readyz"} {
		if resp, body := s.ask(t, "GET", path, 0, ""); resp.StatusCode != 200 || body != "failure: 2 conditions, the first: disk-full\n" {
			t.Errorf("%s: %d %q", path, resp.StatusCode, body)
		}
	}
	var out map[string]json.RawMessage
	if _, body := s.ask(t, "GET", "/api/v1/sources", token.Viewer, ""); json.Unmarshal([]byte(body), &out) != nil || string(out["sources"]) != "[]" || string(out["missing"]) != "[]" {
		t.Errorf("no sources: %s", body)
	}
}
