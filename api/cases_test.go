package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/store/cases"
	"github.com/lynceus-io/lynceus/store/state"
	"github.com/lynceus-io/lynceus/store/switches"
)

// newState is where a test keeps state.
func newState(t *testing.T) *state.Store {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"test"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return state.New(b.JetStream(), state.Options{})
}

// incidentRow is an incident as the store answers, its document last.
func incidentRow(id, status, detail string, count int64) []value.Value {
	at, text := value.Datetime(17726184000000000), value.String
	list := value.Dynamic(value.Strings([]string{"Execution"}))
	return []value.Value{
		text(id), at, text("title"), text("high"), at, value.Long(count), text("c"), text("ns"), text("jane"), text("secrets"), list, list,
		text(status), text(""), text("ann"), text(detail), value.Dynamic(&value.Node{Kind: value.NodeBag, Keys: []string{"id"}, Items: []*value.Node{{Scalar: text(id)}}}),
	}
}

// asker asks a site and holds the answers against the description.
func asker(t *testing.T, s *site) func(method, path, pattern string, role token.Role, body string, status int) string {
	d := newDescribed(t)
	return func(method, path, pattern string, role token.Role, body string, status int) string {
		t.Helper()
		resp, out := s.ask(t, method, path, role, body)
		described := fmt.Sprint(status)
		if status >= 400 {
			described = "default"
		}
		if resp.StatusCode != status {
			t.Errorf("%s %s: %d %s, want %d", method, path, resp.StatusCode, out, status)
		} else if err := d.check(method, pattern, described, resp.Header.Get("Content-Type"), []byte(out)); err != nil {
			t.Errorf("%s %s: %v\n%s", method, path, err, out)
		}
		return out
	}
}

func TestCases(t *testing.T) {
	book, err := cases.Open(t.Context(), newState(t), cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, func(o *api.Options) { o.Cases = book })
	f := asker(t, s)
	all, one := "/api/v1/incidents", "/api/v1/incidents/{id}"
	s.store.finding = [][]value.Value{incidentRow("i1", "open", "", 3)}
	path := all + "/i1"
	f("GET", all+"?status=open&assignee=ann", all, token.Viewer, "", 200)
	f("GET", path, one, token.Viewer, "", 200)
	if out := f("GET", path+"/case", one+"/case", token.Viewer, "", 200); !strings.Contains(out, `"status":"open"`) || !strings.Contains(out, `"revision":0`) {
		t.Errorf("untouched: %s", out)
	}
	closed := `{"status":"closed","resolution":"expected","assignee":"ann","comment":"planned","revision":0}`
	f("PATCH", path+"/case", one+"/case", token.Analyst, closed, 403)
	f("PATCH", path+"/case", one+"/case", token.Responder, `{"status":"closed","revision":0}`, 400)
	f("PATCH", path+"/case", one+"/case", token.Responder, `{"state":"closed"}`, 400)
	out := f("PATCH", path+"/case", one+"/case", token.Responder, closed, 200)
	var c api.Case
	if err := json.Unmarshal([]byte(out), &c); err != nil || c.By != "the responder" || c.Requests != 3 || c.Grown || len(c.Comments) != 1 {
		t.Errorf("%s: %v", out, err)
	}
	f("PATCH", path+"/case", one+"/case", token.Responder, closed, 409)
	f("POST", path+"/comments", one+"/comments", token.Viewer, `{"text":"x"}`, 403)
	f("POST", path+"/comments", one+"/comments", token.Responder, `{"text":""}`, 400)
	f("POST", path+"/comments", one+"/comments", token.Responder, `{"text":"again"}`, 201)
	if out := f("GET", path+"/case/history", one+"/case/history", token.Viewer, "", 200); strings.Count(out, `"time"`) != 1 {
		t.Errorf("history: %s", out)
	}
	s.store.finding = [][]value.Value{incidentRow("i1", "merged", "merged into i0", 4)}
	if out := f("GET", path+"/case", one+"/case", token.Viewer, "", 200); !strings.Contains(out, `"merged_into":"i0"`) || !strings.Contains(out, `"grown":true`) {
		t.Errorf("merged: %s", out)
	}
	f("PATCH", path+"/case", one+"/case", token.Responder, strings.Replace(closed, `:0`, fmt.Sprint(":", c.Revision), 1), 409)
	s.store.finding = nil
	f("GET", all+"/none/case", one+"/case", token.Viewer, "", 404)
}

func TestSwitches(t *testing.T) {
	book, err := switches.Open(t.Context(), newState(t), switches.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, func(o *api.Options) { o.Switches = book })
	f := asker(t, s)
	path, pattern := "/api/v1/rules/secrets_listed_everywhere/off", "/api/v1/rules/{id}/off"
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	f("DELETE", path, pattern, token.Responder, "", 404)
	f("PUT", path, pattern, token.Analyst, `{"reason":"x"}`, 403)
	f("PUT", path, pattern, token.Responder, `{}`, 400)
	f("PUT", "/api/v1/rules/none/off", pattern, token.Responder, `{"reason":"x"}`, 404)
	f("PUT", path, pattern, token.Responder, `{"reason":"x","until":"`+until+`"}`, 200)
	f("PUT", path, pattern, token.Responder, `{"reason":"x","cluster":"c1"}`, 200)
	if out := f("GET", "/api/v1/rules", "/api/v1/rules", token.Viewer, "", 200); strings.Count(out, `"reason":"x"`) != 2 {
		t.Errorf("two switches are not shown once each: %d", strings.Count(out, `"reason":"x"`))
	}
	f("DELETE", path, pattern, token.Responder, "", 200)
	if out := f("GET", path, pattern, token.Viewer, "", 200); !strings.Contains(out, `"off":[{`) || strings.Count(out, `"by":"the responder"`) != 2 {
		t.Errorf("history: %s", out)
	}
	f("DELETE", path+"?cluster=c1", pattern, token.Responder, "", 200)
	if len(book.List()) != 0 {
		t.Errorf("still off: %+v", book.List())
	}
}
