package container

import "testing"

func TestImageParts(t *testing.T) {
	tests := []struct{ image, repository, tag string }{
		{"", "", ""},
		{"busybox", "busybox", ""},
		{"busybox:1.36", "busybox", "1.36"},
		{"registry.example:5000/a/b", "registry.example:5000/a/b", ""},
		{"registry.example:5000/a/b:v1", "registry.example:5000/a/b", "v1"},
		{"registry.example:5000/a/b:v1@sha256:aa", "registry.example:5000/a/b", "v1"},
		{"a/b@sha256:aa", "a/b", ""},
	}
	for _, tt := range tests {
		n := Names{Image: tt.image}
		if n.Repository() != tt.repository || n.Tag() != tt.tag {
			t.Errorf("%q: %q and %q", tt.image, n.Repository(), n.Tag())
		}
	}
}

func TestIsPrivileged(t *testing.T) {
	p := Pod{Containers: []string{"a", "b"}, Privileged: []string{"b"}}
	for name, want := range map[string][2]bool{"a": {false, true}, "b": {true, true}, "c": {false, false}} {
		if is, ok := p.IsPrivileged(name); is != want[0] || ok != want[1] {
			t.Errorf("%s: %v, %v", name, is, ok)
		}
	}
}
