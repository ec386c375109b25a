package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/kql/value"
)

// description is openapi.yaml as JSON values.
func description(t *testing.T) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal(api.OpenAPI, &doc); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return v.(map[string]any)
}

// TestDescriptionIsOfTheRoutes holds the routes and the document equal: every
// route is described with its name and role, and nothing else is.
func TestDescriptionIsOfTheRoutes(t *testing.T) {
	described := map[api.RouteInfo]bool{}
	for path, item := range description(t)["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			if method == "parameters" {
				continue
			}
			o := op.(map[string]any)
			role, _ := o["x-role"].(string)
			if _, open := o["security"]; open != (role == "") {
				t.Errorf("%s %s: security: [] and x-role must exclude each other", method, path)
			}
			described[api.RouteInfo{Method: strings.ToUpper(method), Path: path, Action: fmt.Sprint(o["operationId"]), Role: role}] = true
		}
	}
	for _, r := range api.RouteInfos() {
		if !described[r] {
			t.Errorf("openapi.yaml does not describe %+v", r)
		}
		delete(described, r)
	}
	for r := range described {
		t.Errorf("openapi.yaml describes %+v, which is no route", r)
	}
}

func TestDescriptionNamesEveryCode(t *testing.T) {
	schemas := description(t)["components"].(map[string]any)["schemas"].(map[string]any)
	codes := schemas["Problem"].(map[string]any)["properties"].(map[string]any)["code"].(map[string]any)["enum"].([]any)
	for _, c := range problem.Codes() {
		if !slices.Contains(codes, any(string(c))) {
			t.Errorf("openapi.yaml does not name the code %s", c)
		}
	}
	if len(codes) != len(problem.Codes()) {
		t.Errorf("openapi.yaml names %d codes, and there are %d", len(codes), len(problem.Codes()))
	}
}

// described compiles schemas of the description.
type described struct {
	c   *jsonschema.Compiler
	doc map[string]any
}

func newDescribed(t *testing.T) *described {
	d := &described{jsonschema.NewCompiler(), description(t)}
	d.c.AssertFormat()
	if err := d.c.AddResource("mem:///api.json", d.doc); err != nil {
		t.Fatal(err)
	}
	return d
}

// check validates a body against the schema of a response.
func (d *described) check(method, path, status, media string, body []byte) error {
	esc := strings.NewReplacer("~", "~0", "/", "~1")
	at := "/paths/" + esc.Replace(path) + "/" + strings.ToLower(method) + "/responses/" + status + "/content/" + esc.Replace(media) + "/schema"
	if status == "default" {
		at = "/components/responses/Problem/content/" + esc.Replace(media) + "/schema"
	}
	s, err := d.c.Compile("mem:///api.json#" + at)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// TestAnswersAreAsDescribed asks a running server and holds what it says
// against the document.
func TestAnswersAreAsDescribed(t *testing.T) {
	s := newSite(t, nil)
	s.store.finding = findingRows()
	d := newDescribed(t)
	tests := []struct {
		method, url, path, status, body string
		role                            token.Role
	}{
		{"GET", "/api/v1/status", "", "200", "", token.Viewer},
		{"GET", "/api/v1/schema", "", "200", "", token.Viewer},
		{"GET", "/api/v1/sources", "", "200", "", token.Viewer},
		{"GET", "/api/v1/coverage?since=2h&until=1m&table=process&table=dns&cluster=prod&node=w1", "/api/v1/coverage", "200", "", token.Viewer},
		{"GET", "/api/v1/coverage?since=soon", "/api/v1/coverage", "default", "", token.Viewer},
		{"GET", "/api/v1/coverage?table=none", "/api/v1/coverage", "default", "", token.Viewer},
		{"GET", "/api/v1/coverage?table=health", "/api/v1/coverage", "default", "", token.Viewer},
		{"GET", "/api/v1/coverage?since=1h&until=2h", "/api/v1/coverage", "default", "", token.Viewer},
		{"GET", "/api/v1/coverage?what=else", "/api/v1/coverage", "default", "", token.Viewer},
		{"POST", "/api/v1/query", "", "200", `{"query":"many"}`, token.Analyst},
		{"POST", "/api/v1/query", "", "200", `{"query":"fail"}`, token.Analyst},
		{"POST", "/api/v1/query", "", "default", `{"query":"wrong one"}`, token.Analyst},
		{"POST", "/api/v1/query/explain", "", "200", `{"query":"x"}`, token.Analyst},
		{"GET", "/api/v1/findings?severity=low&since=1d&rule=r&namespace=n&user=u&excluded=no&limit=1", "/api/v1/findings", "200", "", token.Viewer},
		{"GET", "/api/v1/summary/findings?since=1d&by=rule&text=jane&level=high&level=low", "/api/v1/summary/findings", "200", "", token.Viewer},
		{"GET", "/api/v1/summary/findings?by=colour", "/api/v1/summary/findings", "default", "", token.Viewer},
		{"GET", "/api/v1/findings?sort=colour", "/api/v1/findings", "default", "", token.Viewer},
		{"GET", "/api/v1/findings?documents=yes&sort=-severity", "/api/v1/findings", "200", "", token.Viewer},
		{"GET", "/api/v1/findings/f1", "/api/v1/findings/{id}", "200", "", token.Viewer},
		{"GET", "/api/v1/map?from=2h&to=1m", "/api/v1/map", "200", "", token.Analyst},
		{"GET", "/api/v1/map?since=1h&to=2h", "/api/v1/map", "default", "", token.Analyst},
		{"GET", "/api/v1/map?focus=x", "/api/v1/map", "default", "", token.Analyst},
		{"GET", "/api/v1/rules", "", "200", "", token.Viewer},
		{"GET", "/api/v1/rules/secrets_listed_everywhere", "/api/v1/rules/{id}", "200", "", token.Viewer},
		{"GET", "/api/v1/attack?since=7d", "/api/v1/attack", "200", "", token.Viewer},
		{"GET", "/api/v1/attack?since=soon", "/api/v1/attack", "default", "", token.Viewer},
		{"GET", "/api/v1/attack?what=else", "/api/v1/attack", "default", "", token.Viewer},
		{"GET", "/api/v1/queries", "", "200", "", token.Viewer},
		{"PUT", "/api/v1/queries/mine", "/api/v1/queries/{name}", "200", `{"query":"audit"}`, token.Analyst},
		{"GET", "/api/v1/queries/mine", "/api/v1/queries/{name}", "200", "", token.Viewer},
		{"GET", "/api/v1/tokens", "", "200", "", token.Admin},
		{"POST", "/api/v1/tokens", "", "201", `{"name":"x","role":"viewer","seconds":60}`, token.Admin},
		{"POST", "/api/v1/tokens", "", "default", `{"name":"x"}`, token.Admin},
	}
	for _, tt := range tests {
		if tt.path == "" {
			tt.path = tt.url
		}
		resp, body := s.ask(t, tt.method, tt.url, tt.role, tt.body, "Accept", "application/json")
		media := resp.Header.Get("Content-Type")
		if tt.status != "default" && fmt.Sprint(resp.StatusCode) != tt.status {
			t.Errorf("%s %s: %d %s", tt.method, tt.url, resp.StatusCode, body)
			continue
		}
		if err := d.check(tt.method, tt.path, tt.status, media, []byte(body)); err != nil {
			t.Errorf("%s %s: %v\n%.500s", tt.method, tt.url, err, body)
		}
	}
	for _, q := range []string{"many", "fail", "late"} {
		_, body := s.ask(t, "POST", "/api/v1/query", token.Analyst, `{"query":"`+q+`"}`)
		for _, line := range strings.Split(strings.TrimSpace(body), "\n") {
			if err := d.check("POST", "/api/v1/query", "200", "application/x-ndjson", []byte(line)); err != nil {
				t.Errorf("%s: %v\n%.300s", q, err, line)
			}
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/api/v1/openapi.yaml"} {
		if resp, body := s.ask(t, "GET", path, token.Viewer, ""); resp.StatusCode != 200 || body == "" {
			t.Errorf("%s: %d %q", path, resp.StatusCode, body)
		}
	}
}

// findingRows are two findings as the store answers: one more than a page of
// one has, and the document last.
func findingRows() [][]value.Value {
	at := value.Datetime(17726184000000000)
	row := func(id string) []value.Value {
		return []value.Value{
			value.String(id), at, value.String("title"), value.String("rule"), value.String("high"), at, value.Long(3), value.Long(1), value.String("c"),
			value.String("ns"), value.String(""), value.String("jane"), value.String("secrets"), value.Dynamic(value.Strings([]string{"Execution"})),
			value.Null(value.TypeBool), value.String(""), value.String("node"), at, value.Dynamic(&value.Node{Kind: value.NodeBag, Keys: []string{"id"}, Items: []*value.Node{{Scalar: value.String(id)}}}),
		}
	}
	return [][]value.Value{row("f1"), row("f2")}
}

// What a client gives never becomes text of a query.
func TestFiltersArePassedAsParameters(t *testing.T) {
	s := newSite(t, nil)
	evil := `x" or 1 == 1 //`
	for path, param := range map[string]string{"/api/v1/incidents?limit=1&user=": "_user", "/api/v1/findings?limit=1&user=": ""} {
		s.store.mu.Lock()
		s.store.asked = nil
		s.store.mu.Unlock()
		if resp, body := s.ask(t, "GET", path+url.QueryEscape(evil), token.Viewer, ""); resp.StatusCode != 200 {
			t.Fatalf("%d %s", resp.StatusCode, body)
		}
		s.store.mu.Lock()
		for _, r := range s.store.asked {
			if strings.Contains(r.KQL, "1 == 1") || param != "" && r.Params[param] != evil {
				t.Errorf("%s\n%v", r.KQL, r.Params)
			}
		}
		s.store.mu.Unlock()
	}
}

// A list goes on where its page ended.
func TestPagesOfFindings(t *testing.T) {
	s := newSite(t, nil)
	s.store.finding = findingRows()
	cursor, got := "", ""
	for range 2 {
		resp, body := s.ask(t, "GET", "/api/v1/findings?limit=1&cursor="+cursor, token.Viewer, "")
		var page struct {
			Findings []api.Finding
			Next     string
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil || resp.StatusCode != 200 || len(page.Findings) != 1 {
			t.Fatalf("%d %s %v", resp.StatusCode, body, err)
		}
		cursor, got = page.Next, got+page.Findings[0].ID+" "
	}
	if got != "f1 f2 " || cursor != "" {
		t.Errorf("%s, and then %q", got, cursor)
	}
}
