package alerts

import (
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
)

func TestFlagsRefuse(t *testing.T) {
	for _, tt := range []struct {
		f    Flags
		want string
	}{
		{Flags{Authority: "ca.pem"}, "--falco-http-ca needs --falco-http URL"},
		{Flags{URL: "ftp://x"}, "--falco-http: "},
		{Flags{URL: "https://x", Authority: "/nonexistent"}, "--falco-http-ca: open /nonexistent"},
		{Flags{URL: "https://x", Authority: "alerts_test.go"}, "--falco-http-ca alerts_test.go: there is no certificate in it"},
	} {
		if p, err := tt.f.Start("n"); p != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.f, err, tt.want)
		}
	}
}

// What is posted is Falco's document, over TLS by an authority that the flags name.
func TestPoster(t *testing.T) {
	posted := make(chan map[string]any, 1)
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var doc map[string]any
		if err := json.NewDecoder(r.Body).Decode(&doc); err != nil {
			t.Error(err)
		}
		posted <- doc
	}))
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := (&Flags{URL: server.URL, Authority: ca}).Start("n1")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Post(&detect.Finding{Rule: &rule.Rule{Title: "Shell"}, Severity: rule.High}); err != nil {
		t.Error(err)
	}
	became, err := p.Close()
	if err != nil || !strings.Contains(became, "1 posted") {
		t.Errorf("%q, %v", became, err)
	}
	if doc := <-posted; doc["rule"] != "Shell" || doc["hostname"] != "n1" {
		t.Errorf("posted %v", doc)
	}
}

func TestNobodyPosts(t *testing.T) {
	p, err := (&Flags{}).Start("n")
	if p != nil || err != nil {
		t.Fatal(p, err)
	}
	if err := p.Post(nil); err != nil {
		t.Error(err)
	}
	if became, err := p.Close(); became != "" || err != nil {
		t.Error(became, err)
	}
}

// An alert that cannot be delivered is told within a minute, and no longer when it was; one that was refused is told, too.
func TestUndelivered(t *testing.T) {
	var answer atomic.Int32
	answer.Store(http.StatusBadGateway)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(answer.Load())) }))
	defer server.Close()
	p, err := (&Flags{URL: server.URL}).Start("n1")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	soon, later := time.Now(), time.Now().Add(45*time.Second)
	if c := p.Conditions(later); c != nil {
		t.Errorf("before anything was posted: %+v", c)
	}
	told := func(what string, at time.Time, ok func([]coverage.Condition) bool) {
		t.Helper()
		for deadline := time.Now().Add(2 * time.Minute); !ok(p.Conditions(at)); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %+v", what, p.Conditions(at))
			}
		}
	}
	post := func() {
		t.Helper()
		if err := p.Post(&detect.Finding{Rule: &rule.Rule{Title: "Shell"}, Severity: rule.High}); err != nil {
			t.Error(err)
		}
	}
	post()
	told("the server fails", later, func(c []coverage.Condition) bool {
		return len(c) == 1 && c[0].Code == "notification-undelivered" && c[0].Level == coverage.Failure && !c[0].Since.IsZero() && strings.Contains(c[0].Text, "1 wait: the server answered 502")
	})
	if c := p.Conditions(soon); c != nil {
		t.Errorf("at once: %+v", c)
	}
	answer.Store(http.StatusOK)
	told("it is delivered", later, func(c []coverage.Condition) bool { return c == nil })
	answer.Store(http.StatusForbidden)
	post()
	told("it is refused", later, func(c []coverage.Condition) bool {
		return len(c) == 1 && c[0].Level == coverage.Warning && strings.Contains(c[0].Text, "1 alerts were not delivered") && strings.Contains(c[0].Text, "403")
	})
	if c := p.Conditions(later.Add(goneHolds)); c != nil {
		t.Errorf("long after: %+v", c)
	}
}
