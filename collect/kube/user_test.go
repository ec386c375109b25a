package kube

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
)

func TestUser(t *testing.T) {
	var status int
	var answer string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		var doc map[string]any
		if err != nil || json.Unmarshal(b, &doc) != nil || r.Method != "POST" || r.URL.Path != reviewPath || !strings.Contains(string(b), `"audiences":["lynceus"]`) {
			t.Errorf("%s %s: %s", r.Method, r.URL, b)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if _, err := io.WriteString(w, answer); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	c, err := NewClient(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	const good = `{"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1","status":{"authenticated":true,"audiences":["lynceus"],` +
		`"user":{"username":"system:serviceaccount:shop:web","uid":"u1","groups":["g"],"extra":{"authentication.kubernetes.io/node-name":["n1"]}}}}`
	for _, tt := range []struct {
		what, answer string
		status       int
		vouched      bool
		refused      bool // with ErrToken
	}{
		{"good", good, 201, true, false},
		{"not authenticated", strings.Replace(good, "true", "false", 1), 201, false, true},
		{"for another audience", strings.Replace(good, `["lynceus"]`, `["https://kubernetes.default.svc"]`, 1), 201, false, true},
		{"without audiences", strings.Replace(good, `"audiences":["lynceus"],`, "", 1), 201, false, true},
		{"nobody", strings.Replace(good, "system:serviceaccount:shop:web", "", 1), 201, false, true},
		{"empty", `{}`, 201, false, true},
		{"no document", `<html>`, 201, false, false},
		{"forbidden", `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}`, 403, false, false},
		{"broken", `{}`, 500, false, false},
	} {
		status, answer = tt.status, tt.answer
		got, err := c.User(t.Context(), "secret-token", "lynceus")
		if (err == nil) != tt.vouched || errors.Is(err, ErrToken) != tt.refused {
			t.Errorf("%s: %+v %v", tt.what, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret-token") {
			t.Errorf("%s: the error has the token: %v", tt.what, err)
		}
		if tt.vouched && (got.Name != "system:serviceaccount:shop:web" || got.Groups[0] != "g") {
			t.Errorf("%+v", got)
		}
	}
}
