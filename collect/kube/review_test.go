package kube_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/lynceus-io/lynceus/collect/kube"
)

// reviewing is an API server that reviews one token, and has one pod.
func reviewing(status authenticationv1.TokenReviewStatus) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == http.MethodPost && r.URL.Path == "/apis/authentication.k8s.io/v1/tokenreviews":
			var review authenticationv1.TokenReview
			if err := json.NewDecoder(r.Body).Decode(&review); err != nil || review.Spec.Token != "t" || len(review.Spec.Audiences) != 1 || review.Spec.Audiences[0] != "lynceus" {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			review.Status = status
			w.WriteHeader(http.StatusCreated)
			_ = json.NewEncoder(w).Encode(review)
		case r.Method == http.MethodGet && r.URL.Path == "/api/v1/pods":
			if r.URL.Query().Get("fieldSelector") != "metadata.namespace=lynceus,metadata.name=s-1" {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			_ = json.NewEncoder(w).Encode(corev1.PodList{
				TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"},
				Items:    []corev1.Pod{{ObjectMeta: metav1.ObjectMeta{Namespace: "lynceus", Name: "s-1", UID: "u1"}, Spec: corev1.PodSpec{NodeName: "n1"}}},
			})
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	})
}

func TestReview(t *testing.T) {
	status := func(change func(*authenticationv1.TokenReviewStatus)) authenticationv1.TokenReviewStatus {
		s := authenticationv1.TokenReviewStatus{Authenticated: true, Audiences: []string{"lynceus"}, User: authenticationv1.UserInfo{
			Username: "system:serviceaccount:lynceus:lynceus-sensor",
			Extra: map[string]authenticationv1.ExtraValue{
				"authentication.kubernetes.io/pod-name": {"s-1"}, "authentication.kubernetes.io/pod-uid": {"u1"}, "authentication.kubernetes.io/node-name": {"n0"},
			},
		}}
		change(&s)
		return s
	}
	extra := func(key string, value ...string) func(*authenticationv1.TokenReviewStatus) {
		return func(s *authenticationv1.TokenReviewStatus) { s.User.Extra["authentication.kubernetes.io/"+key] = value }
	}
	for _, tt := range []struct {
		name   string
		status authenticationv1.TokenReviewStatus
		node   string
		want   string
	}{
		{"by its claim", status(func(*authenticationv1.TokenReviewStatus) {}), "n0", ""},
		{"by its pod", status(extra("node-name")), "n1", ""},
		{"not valid", authenticationv1.TokenReviewStatus{}, "", "not valid"},
		{"another audience", status(func(s *authenticationv1.TokenReviewStatus) { s.Audiences = []string{"other"} }), "", "not for the audience"},
		{"a server that knows no audiences", status(func(s *authenticationv1.TokenReviewStatus) { s.Audiences = nil }), "", "not for the audience"},
		{"a person", status(func(s *authenticationv1.TokenReviewStatus) { s.User.Username = "ann" }), "", "no service account"},
		{"bound to nothing", status(extra("pod-uid")), "", "bound to no pod"},
		{"a pod that was replaced", status(func(s *authenticationv1.TokenReviewStatus) { extra("node-name")(s); extra("pod-uid", "u0")(s) }), "", "on no node"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(reviewing(tt.status))
			defer server.Close()
			c, err := kube.NewClient(&rest.Config{Host: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			r, err := c.Review(t.Context(), "t", "lynceus")
			if tt.want == "" {
				if err != nil || r.Node != tt.node || r.Namespace != "lynceus" || r.ServiceAccount != "lynceus-sensor" {
					t.Errorf("%+v %v", r, err)
				}
				return
			}
			if !errors.Is(err, kube.ErrToken) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	c, err := kube.NewClient(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Review(t.Context(), "t", "lynceus"); err == nil || errors.Is(err, kube.ErrToken) {
		t.Errorf("an API server that does not review: %v", err)
	}
}
