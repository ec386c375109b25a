package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
)

// open signs a browser in and returns its cookie as a header.
func open(t *testing.T, s *site, body string) (*http.Response, string) {
	t.Helper()
	resp, text := s.ask(t, "POST", "/api/v1/session", 0, body, api.ConsoleHeader, "1")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("sign in: %d %s", resp.StatusCode, text)
	}
	c := resp.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure {
		t.Errorf("the cookie is %+v", c)
	}
	return resp, c.Name + "=" + c.Value
}

func TestSignInByLink(t *testing.T) {
	s := newSite(t, nil)
	_, text := s.ask(t, "POST", "/api/v1/session/code", token.Responder, "")
	var made api.SignInCode
	if err := json.Unmarshal([]byte(text), &made); err != nil || made.Code == "" {
		t.Fatalf("%v %s", err, text)
	}
	if resp, text := s.ask(t, "POST", "/api/v1/session", 0, `{"code":"`+made.Code+`"}`); resp.StatusCode != http.StatusForbidden {
		t.Errorf("without the header: %d %s", resp.StatusCode, text)
	}
	_, cookie := open(t, s, `{"code":"`+made.Code+`"}`)
	if resp, _ := s.ask(t, "POST", "/api/v1/session", 0, `{"code":"`+made.Code+`"}`, api.ConsoleHeader, "1"); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the code a second time: %d", resp.StatusCode)
	}
	tests := []struct {
		name, method, path, body string
		status                   int
		header                   []string
	}{
		{"reading", "GET", "/api/v1/session", "", 200, nil},
		{"the role of the token", "GET", "/api/v1/tokens", "", 403, nil},
		{"changing", "POST", "/api/v1/query", `{"query":"many"}`, 200, []string{api.ConsoleHeader, "1"}},
		{"changing for a page that cannot set the header", "POST", "/api/v1/query", `{"query":"many"}`, 403, nil},
		{"for a page of another site", "GET", "/api/v1/status", "", 403, []string{"Sec-Fetch-Site", "cross-site"}},
		{"for a page of another port", "GET", "/api/v1/status", "", 403, []string{"Sec-Fetch-Site", "same-site", api.ConsoleHeader, "1"}},
		{"typed into the address", "GET", "/api/v1/status", "", 200, []string{"Sec-Fetch-Site", "none"}},
		{"a bad token beside the cookie", "GET", "/api/v1/status", "", 401, []string{"Authorization", "Bearer lyn_none"}},
		{"no token beside the cookie", "GET", "/api/v1/status", "", 401, []string{"Authorization", "Basic eDp5"}},
	}
	for _, tt := range tests {
		resp, text := s.ask(t, tt.method, tt.path, 0, tt.body, append([]string{"Cookie", cookie}, tt.header...)...)
		if resp.StatusCode != tt.status {
			t.Errorf("%s: %d %s", tt.name, resp.StatusCode, text)
		}
	}
	if resp, _ := s.ask(t, "DELETE", "/api/v1/session", 0, "", "Cookie", cookie, api.ConsoleHeader, "1"); resp.StatusCode != http.StatusNoContent || resp.Cookies()[0].MaxAge >= 0 {
		t.Errorf("sign out: %d %v", resp.StatusCode, resp.Cookies())
	}
	if resp, text := s.ask(t, "GET", "/api/v1/rules", 0, "", "Cookie", cookie); resp.StatusCode != http.StatusUnauthorized || !strings.Contains(text, "the session is over") {
		t.Errorf("after signing out: %d %s", resp.StatusCode, text)
	}
	if resp, text := s.ask(t, "GET", "/api/v1/session", 0, "", "Cookie", cookie); resp.StatusCode != http.StatusNoContent {
		t.Errorf("after signing out: %d %s", resp.StatusCode, text)
	}
}

func TestSignInByToken(t *testing.T) {
	var tokens *token.Store
	s := newSite(t, func(o *api.Options) { tokens = o.Tokens })
	_, cookie := open(t, s, `{"token":"`+s.tokens[token.Viewer]+`"}`)
	if resp, text := s.ask(t, "GET", "/api/v1/session", 0, "", "Cookie", cookie); resp.StatusCode != 200 || !strings.Contains(text, `"role":"viewer"`) {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
	for body, want := range map[string]int{
		`{}`: 400, `{"code":"x","token":"y"}`: 400, `{"token":"lyn_none"}`: 401, `{"code":"none"}`: 401, `{"token":"` + s.tokens[token.Agent] + `"}`: 403,
	} {
		if resp, text := s.ask(t, "POST", "/api/v1/session", 0, body, api.ConsoleHeader, "1"); resp.StatusCode != want {
			t.Errorf("%s: %d %s", body, resp.StatusCode, text)
		}
	}
	// A session is over when its token is.
	list, err := tokens.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range list {
		if k.Role == token.Viewer {
			if _, err := tokens.Revoke(k.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if resp, text := s.ask(t, "GET", "/api/v1/rules", 0, "", "Cookie", cookie); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("after the token was revoked: %d %s", resp.StatusCode, text)
	}
}

func TestConsoleIsBesideTheAPI(t *testing.T) {
	s := newSite(t, func(o *api.Options) {
		o.Console = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("a page")) })
	})
	for _, tt := range []struct {
		method, path string
		status       int
		page         bool
	}{
		{"GET", "/", 200, true}, {"HEAD", "/", 200, false}, {"GET", "/incidents/1", 200, true}, {"POST", "/", 404, false},
		{"GET", "/api/v1/none", 404, false}, {"GET", "/api/", 404, false}, {"GET", "/healthz", 200, false},
	} {
		resp, text := s.ask(t, tt.method, tt.path, 0, "")
		if resp.StatusCode != tt.status || (text == "a page") != tt.page {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, resp.StatusCode, text)
		}
	}
}
