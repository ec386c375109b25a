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
