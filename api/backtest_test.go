package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/detect/backtest"
)

// trier is a Backtester that remembers what it was asked and does what the
// first rule's title says.
type trier struct {
	mu    sync.Mutex
	asked []api.Backtest
	ended chan struct{} // closed when one that hangs was cancelled
}

func (t *trier) try(ctx context.Context, b api.Backtest) (*backtest.Result, error) {
	t.mu.Lock()
	t.asked = append(t.asked, b)
	t.mu.Unlock()
	b.Progress(10, 20)
	switch b.Rules[0].Title {
	case "hang":
		<-ctx.Done()
		close(t.ended)
		return nil, ctx.Err()
	case "slow":
		select { // until the progress was told at least once
		case <-ctx.Done():
		case <-time.After(600 * time.Millisecond):
		}
	case "fail":
		return nil, errors.New("secret detail of a disk")
	}
	return backtest.New(backtest.Input{Rules: b.Rules, Now: time.Now()}), ctx.Err()
}

func (t *trier) last() api.Backtest {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked[len(t.asked)-1]
}

// sigmaText is a rule as a person writes one.
func sigmaText(title string) string {
	return "title: " + title + "\nlogsource:\n    product: kubernetes\n    service: audit\ndetection:\n    s:\n        verb: get\n    condition: s\nlevel: low\n"
}

func body(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBacktest(t *testing.T) {
	tr := &trier{ended: make(chan struct{})}
	s := limitedSite(t, func(o *api.Options) { o.Backtest = tr.try })
	d := newDescribed(t)
	const path = "/api/v1/rules/backtest"
	ask := func(role token.Role, in any, accept string) (*http.Response, string) {
		return s.ask(t, "POST", path, role, body(t, in), "Accept", accept)
	}

	before := time.Now()
	resp, text := ask(token.Analyst, api.BacktestDocument{Rules: []string{"secrets_listed_everywhere"}, Since: "7d", Learn: "1d", Timeout: "10s", MaxBytes: 1000}, "application/json")
	if err := d.check("POST", path, "200", "application/json", []byte(text)); err != nil || resp.StatusCode != 200 {
		t.Fatalf("%d %v %s", resp.StatusCode, err, text)
	}
	b := tr.last()
	if ago := before.Sub(b.Since); len(b.Rules) != 1 || len(b.All) < 50 || ago < 167*time.Hour || ago > 169*time.Hour || b.Learn != 24*time.Hour || b.Timeout != 10*time.Second || b.MaxBytes != 1000 || !b.Scope.All() {
		t.Errorf("%+v", b)
	}

	// Given text, streamed; the limit of who asks goes along.
	_, text = ask(token.Responder, api.BacktestDocument{Text: sigmaText("slow"), From: before.Add(-time.Hour), To: before}, "application/x-ndjson")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range lines {
		if err := d.check("POST", path, "200", "application/x-ndjson", []byte(line)); err != nil {
			t.Errorf("%v: %s", err, line)
		}
	}
	var first, end api.BacktestLine
	if err := errors.Join(json.Unmarshal([]byte(lines[0]), &first), json.Unmarshal([]byte(lines[len(lines)-1]), &end)); err != nil {
		t.Fatal(err)
	}
	if first.Type != "progress" || first.Progress.Events != 0 || first.Progress.Total != 0 || end.Type != "result" || end.Answer.Result.Rules[0].Title != "slow" {
		t.Errorf("%s", text)
	}
	if b := tr.last(); b.Scope.String() != payments.String() || !b.Until.Equal(before.Round(0)) {
		t.Errorf("%+v", b)
	}
	for _, u := range s.recorded(t, func(u *api.Use) bool { return u.Action == "backtest_rules" && u.Who == "payments" }) {
		if u.What != "given: slow" {
			t.Errorf("recorded as %q", u.What)
		}
	}

	for _, tt := range []struct {
		in     any
		status int
		want   string
	}{
		{api.BacktestDocument{}, 400, "nothing to try"},
		{api.BacktestDocument{Rules: []string{"none"}}, 404, "no rule"},
		{api.BacktestDocument{Text: "title: x"}, 422, `"bad_rule"`},
		{api.BacktestDocument{Text: "- rule: x"}, 422, `"errors"`},
		{api.BacktestDocument{Text: "\x00\xff"}, 422, `"bad_rule"`},
		{api.BacktestDocument{Text: "- list: x\n  items: [a]\n"}, 422, "no rule"},
		{api.BacktestDocument{Rules: []string{"x"}, Since: "soon"}, 400, "since"},
		{api.BacktestDocument{Rules: []string{"x"}, Since: "1d", From: before}, 400, "contradict"},
		{api.BacktestDocument{Rules: []string{"x"}, From: before, To: before}, 400, "not before"},
		{api.BacktestDocument{Rules: []string{"x"}, Learn: "x"}, 400, "learn"},
		{api.BacktestDocument{Rules: []string{"x"}, Timeout: "x"}, 400, "timeout"},
		{api.BacktestDocument{Rules: []string{"x"}, MaxBytes: -1}, 400, "negative"},
		{map[string]any{"rule": "x"}, 400, "not the document"},
		{api.BacktestDocument{Text: sigmaText("fail")}, 500, "see its log"},
	} {
		resp, text := ask(token.Analyst, tt.in, "application/json")
		if resp.StatusCode != tt.status || !strings.Contains(text, tt.want) || strings.Contains(text, "disk") {
			t.Errorf("%+v: %d %s", tt.in, resp.StatusCode, text)
		}
		if err := d.check("POST", path, "default", "application/problem+json", []byte(text)); err != nil {
			t.Errorf("%+v: %v", tt.in, err)
		}
	}
	if _, text := ask(token.Analyst, api.BacktestDocument{Text: sigmaText("fail")}, "application/x-ndjson"); !strings.Contains(text, `"type":"error"`) || strings.Contains(text, "disk") {
		t.Errorf("a failure in a stream: %s", text)
	}
	if resp, _ := ask(token.Viewer, api.BacktestDocument{Rules: []string{"x"}}, "application/json"); resp.StatusCode != 403 {
		t.Errorf("a viewer: %d", resp.StatusCode)
	}
	if resp, text := s.ask(t, "GET", path, token.Viewer, ""); resp.StatusCode != 404 {
		t.Errorf("a rule of that name: %d %s", resp.StatusCode, text)
	}
	if resp, _ := s.ask(t, "DELETE", path, token.Viewer, ""); resp.StatusCode != 405 {
		t.Errorf("no such method: %d", resp.StatusCode)
	}
}

// A client that goes away ends its backtest, and one runs at a time.
func TestBacktestCancelled(t *testing.T) {
	tr := &trier{ended: make(chan struct{})}
	s := newSite(t, func(o *api.Options) {
		o.Backtest = tr.try
		o.Limits = api.Limits{QueryWait: 10 * time.Millisecond}
	})
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "POST", s.url+"/api/v1/rules/backtest", strings.NewReader(body(t, api.BacktestDocument{Text: sigmaText("hang")})))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.tokens[token.Analyst])
	resp, err := http.DefaultClient.Do(req) // answers with the first progress
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if busy, text := s.ask(t, "POST", "/api/v1/rules/backtest", token.Admin, body(t, api.BacktestDocument{Text: sigmaText("x")})); busy.StatusCode != 429 {
		t.Errorf("a second one: %d %s", busy.StatusCode, text)
	}
	cancel()
	select {
	case <-tr.ended:
	case <-time.After(time.Minute):
		t.Fatal("it still runs")
	}
}

// A rule that finds what is new alone says that it is silent at first, unless
// it learns enough from before.
func TestBacktestSaysSilence(t *testing.T) {
	s := limitedSite(t, func(o *api.Options) { o.Backtest = (&trier{}).try })
	f := func(text, learn string, want bool) {
		t.Helper()
		in := map[string]any{"text": text, "since": "7d"}
		if learn != "" {
			in["learn"] = learn
		}
		resp, out := s.ask(t, "POST", "/api/v1/rules/backtest", token.Analyst, body(t, in), "Accept", "application/json")
		if resp.StatusCode != http.StatusOK || strings.Contains(out, "until it knows 24 hours and 20 matches it is silent") != want {
			t.Errorf("learn %q: %d %s, want said %v", learn, resp.StatusCode, out, want)
		}
	}
	fresh := sigmaText("fresh") + "lynceus:\n    new:\n        key: [actor.user.name]\n"
	f(fresh, "", true)
	f(fresh, "1h", true)
	f(fresh, "24h", false)
	f(sigmaText("plain"), "", false)
}
