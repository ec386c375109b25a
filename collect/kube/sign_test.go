package kube

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/lynceus-io/lynceus/identity/own"
)

// TestSign sees on the server's side that a request is known as the client's
// once there is a key, by the URI as it came.
func TestSign(t *testing.T) {
	key := own.NewKey([]byte("secret"), "uid", "prod")
	var ids []string
	made := 0
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(own.Header)
		ids = append(ids, id)
		if key.Made(id, r.URL.RequestURI(), time.Now()) {
			made++
		}
	}))
	defer s.Close()
	client, err := NewClient(&rest.Config{Host: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(path string) {
		if _, err := client.raw(t.Context(), path); err != nil {
			t.Fatal(err)
		}
	}
	ask("/version")
	if ids[0] != "" {
		t.Errorf("without a key the audit ID is %q", ids[0])
	}
	client.Sign(key)
	ask("/version")
	if _, err := client.metadata.Resource(Resources()[0].GroupVersionResource()).List(t.Context(), metav1.ListOptions{LabelSelector: "kubernetes.io/name in (a, b)", Limit: 500}); err == nil {
		t.Error("an empty answer is a list")
	}
	if made != 2 {
		t.Errorf("%d of %q are known", made, ids)
	}
}

// A trial is a request that an agent may make anyway, each another, and known as its own.
func TestTrial(t *testing.T) {
	key := own.NewKey([]byte("secret"), "uid", "prod")
	seen := map[string]bool{}
	status := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		uri := r.URL.RequestURI()
		if r.Method != http.MethodGet || r.URL.Path != "/api/v1/namespaces" || r.URL.Query().Get("limit") != "1" || !own.IsTrial(uri) || !key.Made(r.Header.Get(own.Header), uri, time.Now()) || seen[uri] {
			t.Errorf("%s %s with the audit ID %q", r.Method, uri, r.Header.Get(own.Header))
		}
		seen[uri] = true
		w.WriteHeader(status)
	}))
	defer s.Close()
	client, err := NewClient(&rest.Config{Host: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	client.Sign(key)
	for range 3 {
		if err := client.Trial(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if status = http.StatusForbidden; client.Trial(t.Context()) == nil {
		t.Error("a refusal is an answer")
	}
	if len(seen) != 4 || own.IsTrial("/api/v1/namespaces?limit=1") {
		t.Errorf("%d requests", len(seen))
	}
}
