package audit

import "testing"

func TestPodName(t *testing.T) {
	for _, c := range []struct{ name, subresource, want string }{
		{"web-1", "", "web-1"}, {"web-1", "exec", "web-1"}, {"web-1:8080", "exec", "web-1:8080"}, {"web-1", "proxy", "web-1"},
		{"web-1:8080", "proxy", "web-1"}, {"web-1:metrics", "proxy", "web-1"}, {"http:web-1:8080", "proxy", "web-1"}, {"https:web-1:", "proxy", "web-1"},
		{"https", "proxy", "https"}, {"http:8080", "proxy", "http"}, {":", "proxy", ""}, {"", "proxy", ""},
	} {
		if got := podName(c.name, c.subresource); got != c.want {
			t.Errorf("podName(%q, %q) = %q, want %q", c.name, c.subresource, got, c.want)
		}
	}
}
