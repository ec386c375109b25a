package event

import "testing"

func TestImageRegistry(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"alpine", "docker.io"},
		{"alpine:3.20", "docker.io"},
		{"library/alpine", "docker.io"},
		{"docker.io/library/alpine:3.20", "docker.io"},
		{"registry.k8s.io/pause", "registry.k8s.io"},
		{"registry.example.com:5000/shop/web@sha256:ab", "registry.example.com:5000"},
		{"10.0.0.5:5000/web", "10.0.0.5:5000"},
		{"localhost/web", "localhost"},
		{"[fd00::1]:5000/web", "[fd00::1]:5000"},
		{"", "docker.io"},
		{"/", "docker.io"},
	} {
		if got := imageRegistry(c.in); got != c.want {
			t.Errorf("imageRegistry(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
