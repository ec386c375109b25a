package api_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
)

func TestComplete(t *testing.T) {
	s := newSite(t, nil)
	tests := []struct {
		body   string
		status int
		want   string
		from   int
	}{
		{`{"query":"aud","offset":3}`, 200, "audit", 0},
		{`{"query":"audit | wh","offset":10}`, 200, "where", 8},
		{`{"query":"audit | where api.op","offset":20}`, 200, "api.operation", 14},
		{`{"query":"audit | where x == \"api","offset":23}`, 200, "", 23},
		{`{"query":"","offset":0}`, 200, "audit", 0},
		{`{"query":"audit","offset":6}`, 400, "", 0},
		{`{"query":"audit","offset":-1}`, 400, "", 0},
		{`{"query":"é","offset":1}`, 200, "", 1},
	}
	for _, tt := range tests {
		resp, text := s.ask(t, "POST", "/api/v1/query/complete", token.Viewer, tt.body)
		var got api.Completions
		if resp.StatusCode != tt.status {
			t.Errorf("%s: %d %s", tt.body, resp.StatusCode, text)
			continue
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if tt.want != "" && (got.From != tt.from || !slices.ContainsFunc(got.Completions, func(c api.Completion) bool { return c.Text == tt.want })) {
			t.Errorf("%s: %s", tt.body, text)
		}
		if tt.want == "" && len(got.Completions) > 0 && tt.status == 200 {
			t.Logf("%s: %d completions", tt.body, len(got.Completions))
		}
	}
}

func TestCheck(t *testing.T) {
	s := newSite(t, nil)
	for _, tt := range []struct {
		body   string
		status int
		places int
	}{
		{`{"query":"many"}`, 200, 0}, {`{"query":"wrong one"}`, 200, 1}, {`{"query":""}`, 400, 0},
	} {
		resp, text := s.ask(t, "POST", "/api/v1/query/check", token.Analyst, tt.body)
		var got struct{ Errors []map[string]any }
		if err := json.Unmarshal([]byte(text), &got); err != nil || resp.StatusCode != tt.status || len(got.Errors) != tt.places {
			t.Errorf("%s: %d %s, %v", tt.body, resp.StatusCode, text, err)
		}
	}
}
