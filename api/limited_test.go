package api_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/limit"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/kql/scope"
)

// recorded waits until a use is recorded that fits, and returns all that do.
func (s *site) recorded(t *testing.T, fits func(*api.Use) bool) (out []api.Use) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		for i := range s.uses {
			if fits(&s.uses[i]) {
				out = append(out, s.uses[i])
			}
		}
		s.mu.Unlock()
		if len(out) > 0 || time.Now().After(deadline) {
			break
		}
	}
	if len(out) == 0 {
		t.Fatal("no such use is recorded")
	}
	return out
}

// payments is a responder who sees one namespace of one cluster.
var payments = scope.Scope{Clusters: []string{"prod"}, Namespaces: []string{"payments"}}

// limitedSite is a site whose responder is limited.
func limitedSite(t *testing.T, change func(*api.Options)) *site {
	t.Helper()
	var tokens *token.Store
	s := newSite(t, func(o *api.Options) {
		tokens = o.Tokens
		if change != nil {
			change(o)
		}
	})
	_, text, err := tokens.Create(token.New{Name: "payments", Role: token.Responder, Scope: payments, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	s.tokens[token.Responder] = text
	return s
}

// TestLimitedRoutes goes through all routes: whoever is limited gets what is
// answered within the limit, and is refused what concerns others, those that
// somebody forgets to think of included.
func TestLimitedRoutes(t *testing.T) {
	s := limitedSite(t, nil)
	within := map[string]bool{
		"health": true, "ready": true, "openapi": true, "enroll": true, "sign_in_ways": true, "schema": true, "query": true, "explain": true, "complete": true, "check": true,
		"watch":         true,
		"list_findings": true, "summarize_findings": true, "list_triage": true, "triage_findings": true, "undo_triage": true, "get_finding": true, "list_incidents": true, "get_incident": true, "get_case": true, "change_case": true,
		"case_history": true, "add_comment": true, "list_rules": true, "get_rule": true, "backtest_rules": true, "attack": true, "list_queries": true, "get_query": true, "list_clusters": true,
		"rule_from_query": true, "check_rule": true, "list_own_rules": true, "get_own_rule": true, "save_own_rule": true, "remove_own_rule": true, "own_rule_history": true,
		"get_session": true, "sign_in": true, "sign_out": true, "make_sign_in_code": true, "begin_sign_in": true, "list_sessions": true, "end_session": true,
		"account_access": true, "map": true,
	}
	for _, r := range api.RouteInfos() {
		if r.Action == "watch" {
			continue // it does not end
		}
		path := strings.NewReplacer("{id}", "x", "{name}", "x", "{uid}", "x").Replace(r.Path)
		resp, body := s.ask(t, r.Method, path, token.Responder, "{}", api.ConsoleHeader, "1")
		if refused := resp.StatusCode == http.StatusForbidden; refused == within[r.Action] {
			t.Errorf("%s %s (%s): %d %s", r.Method, path, r.Action, resp.StatusCode, body)
		}
	}
	uses := s.recorded(t, func(u *api.Use) bool { return u.Action == "agent_intake" })
	last := uses[0]
	if last.Who != "payments" || last.Method != "token" || last.Scope != "cluster prod; namespace payments" {
		t.Errorf("recorded as %+v", last)
	}
}

// TestLimitReachesTheStore holds that the limit is part of every question, and
// that nothing a client sends changes it.
func TestLimitReachesTheStore(t *testing.T) {
	var turns atomic.Int64 // a list is not answered from what was read a minute ago
	s := limitedSite(t, func(o *api.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(turns.Add(1)) * time.Second) }
	})
	for _, tt := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/api/v1/query", `{"query":"many"}`, 200},
		{"POST", "/api/v1/query", `{"query":"many","scope":{}}`, 400},
		{"POST", "/api/v1/query", `{"query":"many","Scope":{"Clusters":null}}`, 400},
		{"GET", "/api/v1/findings?namespace=secret", "", 200},
		{"GET", "/api/v1/findings?namespace=x%27%20or%201==1%20//", "", 200},
		{"GET", "/api/v1/summary/findings?by=user", "", 200},
		{"GET", "/api/v1/findings?documents=yes", "", 200},
		{"GET", "/api/v1/findings/x", "", 404},
		{"GET", "/api/v1/findings?scope=", "", 400},
		{"GET", "/api/v1/incidents", "", 200},
		{"GET", "/api/v1/account?user=x%27%20or%201==1%20//", "", 200},
		{"GET", "/api/v1/incidents/x", "", 404},
		{"GET", "/api/v1/map?since=1h", "", 200},
		{"GET", "/api/v1/map?since=1h&focus=workload%7C%7Csecret%7CDeployment/x%27%20or%201==1%20//", "", 200},
		{"GET", "/api/v1/map?scope=", "", 400},
	} {
		s.store.mu.Lock()
		s.store.asked = nil
		s.store.mu.Unlock()
		resp, body := s.ask(t, tt.method, tt.path, token.Responder, tt.body)
		if resp.StatusCode != tt.status {
			t.Errorf("%s: %d %s", tt.path, resp.StatusCode, body)
		}
		s.store.mu.Lock()
		asked := s.store.asked
		s.store.mu.Unlock()
		for _, r := range asked {
			if r.Scope.String() != payments.String() {
				t.Errorf("%s: the store was asked without the limit: %+v", tt.path, r)
			}
			if strings.Contains(r.KQL, "1==1") {
				t.Errorf("%s: what a client sent is in the text %s", tt.path, r.KQL)
			}
		}
		if len(asked) == 0 && tt.status != 400 {
			t.Errorf("%s: the store was not asked", tt.path)
		}
	}
}

// TestTooFast holds that who asks too often is told when to come again, and
// that others are not held up.
func TestTooFast(t *testing.T) {
	now := time.Now()
	s := newSite(t, func(o *api.Options) {
		o.Now = func() time.Time { return now }
		o.Limits = api.Limits{Principal: limit.Rate{PerSecond: 0.1, Burst: 2}}
	})
	for i, want := range []int{200, 200, 429, 429} {
		resp, body := s.ask(t, "GET", "/api/v1/rules", token.Viewer, "")
		if resp.StatusCode != want {
			t.Errorf("request %d: %d %s", i, resp.StatusCode, body)
		}
		if after := resp.Header.Get("Retry-After"); (want == 429) != (after == "10") {
			t.Errorf("request %d: Retry-After %q", i, after)
		}
	}
	if resp, body := s.ask(t, "GET", "/api/v1/rules", token.Analyst, ""); resp.StatusCode != 200 {
		t.Errorf("somebody else: %d %s", resp.StatusCode, body)
	}
	if n := len(s.recorded(t, func(u *api.Use) bool { return u.Outcome == "busy" && u.Who == "the viewer" })); n != 2 {
		t.Errorf("%d refusals are recorded", n)
	}
	if _, page := s.ask(t, "GET", "/metrics", token.Admin, ""); !strings.Contains(page, `lynceus_api_limited_total{limit="principal"} 2`) {
		t.Error("the refusals are not counted")
	}
	if !strings.Contains(s.log.String(), `"outcome":"busy"`) {
		t.Error("the refusals are not logged")
	}
}

// TestGuessing holds that an address that shows one bad token after another is
// slowed down, that a good token passes meanwhile, and that a flood of refusals
// does not fill the record of uses.
func TestGuessing(t *testing.T) {
	now := time.Now()
	s := newSite(t, func(o *api.Options) {
		o.Now = func() time.Time { return now }
		o.Limits = api.Limits{Failures: limit.Rate{PerSecond: 0.5, Burst: 3}}
	})
	good := s.tokens[token.Viewer]
	for i := range 300 {
		s.tokens[token.Viewer] = "lyn_0123456789ab_guess"
		resp, _ := s.ask(t, "GET", "/api/v1/rules", token.Viewer, "")
		if want := map[bool]int{true: 401, false: 429}[i < 3]; resp.StatusCode != want {
			t.Fatalf("guess %d: %d, want %d", i, resp.StatusCode, want)
		}
	}
	s.tokens[token.Viewer] = good
	if resp, body := s.ask(t, "GET", "/api/v1/rules", token.Viewer, ""); resp.StatusCode != 200 {
		t.Errorf("a good token: %d %s", resp.StatusCode, body)
	}
	if n := len(s.recorded(t, func(u *api.Use) bool { return u.Outcome != "ok" })); n != 100 {
		t.Errorf("%d refusals are recorded of 300", n)
	}
	now = now.Add(time.Minute)
	s.ask(t, "GET", "/api/v1/rules", 0, "")
	s.recorded(t, func(u *api.Use) bool { return strings.HasPrefix(u.What, "200 more were refused") })
}

// TestShareOfQueries holds that one principal cannot take all places.
func TestShareOfQueries(t *testing.T) {
	s := newSite(t, func(o *api.Options) {
		o.Limits = api.Limits{Queries: 2, QueriesEach: 1, QueryWait: 20 * time.Millisecond, WatchesEach: 1}
	})
	done := make(chan int, 1)
	go func() {
		resp, _ := s.ask(t, "POST", "/api/v1/query", token.Analyst, `{"query":"hang","timeout":"2s"}`)
		done <- resp.StatusCode
	}()
	for deadline := time.Now().Add(time.Minute); s.store.hanging.Load() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the first query does not run")
		}
	}
	if resp, body := s.ask(t, "POST", "/api/v1/query", token.Analyst, `{"query":"many"}`); resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a second query of the same: %d %s", resp.StatusCode, body)
	}
	if resp, body := s.ask(t, "POST", "/api/v1/query", token.Admin, `{"query":"many"}`); resp.StatusCode != 200 {
		t.Errorf("a query of another: %d %s", resp.StatusCode, body)
	}
	<-done
}
