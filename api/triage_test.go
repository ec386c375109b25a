package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/store/triage"
)

// findingsNumbered are n findings, whose ids are as real ones are.
func findingsNumbered(n int) (out [][]value.Value) {
	for i := range n {
		row := findingRows()[0]
		row[0], row[11] = value.String(fmt.Sprintf("%032x", i)), value.String(fmt.Sprintf("user-%d", i%2))
		out = append(out, row)
	}
	return out
}

func TestTriage(t *testing.T) {
	book, err := triage.Open(t.Context(), newState(t), triage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, func(o *api.Options) { o.Triage = book })
	s.store.finding = findingsNumbered(10)
	f := asker(t, s)
	all, path := "/api/v1/findings", "/api/v1/triage"
	count := func(filter string, want int) {
		t.Helper()
		out := f("GET", all+"?"+filter, all, token.Viewer, "", 200)
		if n := strings.Count(out, `"id"`); n != want {
			t.Errorf("%s: %d findings, want %d: %s", filter, n, want, out)
		}
	}
	closed := `"status":"closed","resolution":"expected","comment":"the backup"`
	f("POST", path, path, token.Analyst, `{"all":true,`+closed+`}`, 403)
	for _, bad := range []string{`{` + closed + `}`, `{"ids":["x"],"all":true,` + closed + `}`, `{"filter":"colour=red",` + closed + `}`, `{"all":true}`, `{"all":true,"status":"closed"}`} {
		f("POST", path, path, token.Responder, bad, 400)
	}
	f("POST", path, path, token.Responder, `{"ids":["none"],`+closed+`}`, 404)
	f("POST", path, path, token.Responder, `{"filter":"user=nobody",`+closed+`}`, 404)
	count("status=open", 10)
	var step triage.Step
	out := f("POST", path, path, token.Responder, `{"filter":"user=user-1",`+closed+`}`, 201)
	if err := json.Unmarshal([]byte(out), &step); err != nil || step.Findings != 5 || step.By != "the responder" {
		t.Fatalf("%s: %v", out, err)
	}
	count("status=closed&resolution=expected", 5)
	f("POST", path, path, token.Responder, `{"ids":["`+fmt.Sprintf("%032x", 1)+`"],"assignee":"ann"}`, 201)
	count("assignee=ann&status=closed", 1)
	count("assignee=-", 9)
	if out := f("GET", "/api/v1/summary/findings?by=status", "/api/v1/summary/findings", token.Viewer, "", 200); !strings.Contains(out, `"total":10,"open":5`) {
		t.Error(out)
	}
	if out := f("GET", path, path, token.Viewer, "", 200); strings.Count(out, `"id"`) != 2 {
		t.Error(out)
	}
	s.store.finding = findingsNumbered(2)[1:]
	if out := f("GET", all+"/"+fmt.Sprintf("%032x", 1), all+"/{id}", token.Viewer, "", 200); !strings.Contains(out, `"assignee":"ann"`) || strings.Count(out, `"time"`) != 2 {
		t.Error(out)
	}
	s.store.finding = findingsNumbered(10)
	f("DELETE", path+"/"+step.ID, path+"/{id}", token.Analyst, "", 403)
	f("DELETE", path+"/"+step.ID, path+"/{id}", token.Responder, "", 200)
	f("DELETE", path+"/"+step.ID, path+"/{id}", token.Responder, "", 409)
	f("DELETE", path+"/none", path+"/{id}", token.Responder, "", 404)
	count("status=open", 10)
	uses := s.recorded(t, func(u *api.Use) bool { return u.Action == "triage_findings" && u.Outcome == "ok" })
	if !strings.Contains(uses[0].What, "5 findings closed as expected") || !strings.Contains(uses[0].What, "user=user-1") {
		t.Errorf("recorded as %+v", uses[0])
	}
}

// Who is limited decides about, sees and undoes nothing that is of others.
func TestLimitedTriage(t *testing.T) {
	book, err := triage.Open(t.Context(), newState(t), triage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := limitedSite(t, func(o *api.Options) { o.Triage = book })
	s.store.finding = findingsNumbered(3)
	of, err := book.Make(t.Context(), []string{fmt.Sprintf("%032x", 1), fmt.Sprintf("%032x", 99)}, triage.Edit{Comment: "of others, too"}, "admin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		method, path, body string
		status             int
	}{
		{"DELETE", "/api/v1/triage/" + of.ID, "", 404},
		{"POST", "/api/v1/triage", `{"ids":["` + fmt.Sprintf("%032x", 99) + `"],"comment":"x"}`, 404},
		{"POST", "/api/v1/triage", `{"all":true,"assignee":"me"}`, 201},
	} {
		if resp, body := s.ask(t, tt.method, tt.path, token.Responder, tt.body); resp.StatusCode != tt.status {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, resp.StatusCode, body)
		}
	}
	_, body := s.ask(t, "GET", "/api/v1/triage", token.Responder, "")
	if strings.Contains(body, "of others") || !strings.Contains(body, `"findings":3`) {
		t.Error(body)
	}
	for _, r := range s.store.asked {
		if r.Scope.String() != payments.String() {
			t.Errorf("asked without the limit: %+v", r)
		}
	}
}
