//go:build linux

package marks

import "testing"

func TestTranslate(t *testing.T) {
	there := []mount{
		{device: "8:1", root: "/", point: "/"},
		{device: "8:1", root: "/clusters/a/var-lib", point: "/var/lib"},
		{device: "8:2", root: "/x", point: "/var/lib/images"},
		{device: "8:3", root: "/", point: "/var/lib/images"}, // over the one before
		{device: "8:4", root: "/", point: "/data"},
		{device: "8:5", root: "/part/of", point: "/part"},
	}
	here := map[string]mount{
		"8:1": {root: "/", point: "/"}, "8:3": {root: "/", point: "/mnt/images"}, "8:5": {root: "/part", point: "/there"},
	}
	for _, tt := range []struct{ path, want string }{
		{"/var/lib/containerd/5/fs", "/clusters/a/var-lib/containerd/5/fs"},
		{"/var/lib", "/clusters/a/var-lib"},
		{"/var/library/fs", "/var/library/fs"},
		{"/var/lib/images/5/fs", "/mnt/images/5/fs"},
		{"/part/5/fs", "/there/of/5/fs"},
		{"/data/5/fs", ""}, // on no file system of here
		{"5/fs", ""},       // relative to who knows what
		{"", ""},
	} {
		if got, ok := translate(tt.path, there, here); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%q: got %q, %v, want %q", tt.path, got, ok, tt.want)
		}
	}
	here["8:1"] = mount{root: "/clusters/b", point: "/b"}
	if got, ok := translate("/var/lib/fs", there, here); ok {
		t.Errorf("a part that is not mounted here is %q", got)
	}
}
