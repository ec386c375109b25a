package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/exclusions"
)

// book is the exclusions of a test, and a past of one finding.
type book struct{ *exclusions.Book }

func (b book) LookBack(_ context.Context, e exclude.Exclusion, since time.Time) (*exclude.Past, error) {
	f := &detect.Finding{ID: "f1", Rule: &rule.Rule{ID: "exec", Title: "t"}, Severity: rule.High, First: since, Last: since, Count: 1, Actor: detect.Actor{User: "ann"}}
	return exclude.LookBack(&e, func(yield func(*detect.Finding, error) bool) { yield(f, nil) })
}

func (b book) Propose(_ context.Context, id string) (exclude.Exclusion, error) {
	if id != "f1" {
		return exclude.Exclusion{}, exclude.ErrNoFinding
	}
	return exclude.Propose(&detect.Finding{ID: id, Rule: &rule.Rule{ID: "exec"}, Actor: detect.Actor{User: "ann"}, Target: detect.Target{Namespace: "shop"}}), nil
}

func newBook(t *testing.T) book {
	t.Helper()
	kept, err := exclusions.Open(t.Context(), newState(t), exclusions.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return book{kept}
}

func TestExclusions(t *testing.T) {
	b := newBook(t)
	s := newSite(t, func(o *api.Options) { o.Exclusions = b })
	d := newDescribed(t)
	f := func(method, path, pattern string, role token.Role, body string, status string) string {
		t.Helper()
		resp, out := s.ask(t, method, path, role, body)
		if got := resp.Status[:3]; got != status {
			t.Errorf("%s %s: %s %s, want %s", method, path, got, out, status)
			return out
		}
		if status == "204" {
			return out
		}
		described := status
		if status[0] != '2' {
			described = "default"
		}
		if err := d.check(method, pattern, described, resp.Header.Get("Content-Type"), []byte(out)); err != nil {
			t.Errorf("%s %s: %v\n%s", method, path, err, out)
		}
		return out
	}
	all, one, history := "/api/v1/exclusions", "/api/v1/exclusions/{id}", "/api/v1/exclusions/{id}/history"
	body := `{"rules":["exec"],"reason":"the health check","scope":{"user":"ann"}}`
	f("POST", all, all, token.Analyst, body, "403")
	f("POST", all, all, token.Responder, `{"rules":["exec"]}`, "400")
	if out := f("POST", all+"?try=yes&since=7d", all, token.Responder, body, "200"); !strings.Contains(out, `"covered":1`) {
		t.Errorf("tried: %s", out)
	}
	if out := f("GET", all, all, token.Viewer, "", "200"); !strings.Contains(out, `[]`) {
		t.Errorf("a try was kept: %s", out)
	}
	if out := f("GET", "/api/v1/findings/f1/exclusion", "/api/v1/findings/{id}/exclusion", token.Viewer, "", "200"); !strings.Contains(out, `"user":"ann"`) || !strings.Contains(out, `"namespace":"shop"`) {
		t.Errorf("proposed: %s", out)
	}
	f("GET", "/api/v1/findings/f2/exclusion", "/api/v1/findings/{id}/exclusion", token.Viewer, "", "404")
	var kept exclusions.Stored
	if err := json.Unmarshal([]byte(f("POST", all, all, token.Responder, body, "201")), &kept); err != nil || kept.Author != "the responder" {
		t.Fatalf("%+v %v", kept, err)
	}
	f("GET", all+"/"+kept.ID, one, token.Viewer, "", "200")
	f("GET", all+"/none", one, token.Viewer, "", "404")
	f("PUT", all+"/"+kept.ID, one, token.Responder, strings.Replace(body, "}}", `},"revision":999,"expires":"`+kept.Expires.Format(time.RFC3339)+`"}`, 1), "409")
	f("DELETE", all+"/"+kept.ID, one, token.Responder, "", "204")
	if out := f("GET", all+"/"+kept.ID+"/history", history, token.Viewer, "", "200"); strings.Count(out, `"by":"the responder"`) != 2 {
		t.Errorf("history: %s", out)
	}
	if _, err := b.Get(t.Context(), kept.ID); !errors.Is(err, exclusions.ErrNotFound) {
		t.Errorf("after its removal: %v", err)
	}
}
