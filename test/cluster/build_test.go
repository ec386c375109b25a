package cluster

import (
	"io"
	"strings"
	"testing"
)

func TestCounter(t *testing.T) {
	tests := []struct {
		in   []string
		n    int64
		next string
	}{
		{[]string{"k8s.io/api/core/v1\n", "fmt\nos\n"}, 3, ""},
		{[]string{"go: downloading k8s.io/api v0.36.3\nfmt\n"}, 1, "go: downloading k8s.io/api v0.36.3\n"},
		{[]string{"# k8s.io/api\n", "x.go:1:2: undefined: y\n"}, 0, "# k8s.io/api\nx.go:1:2: undefined: y\n"},
	}
	for _, tt := range tests {
		var next strings.Builder
		c := &counter{next: &next}
		for _, s := range tt.in {
			if _, err := io.WriteString(c, s); err != nil {
				t.Fatal(err)
			}
		}
		if c.n.Load() != tt.n || next.String() != tt.next {
			t.Errorf("%q: counted %d and passed on %q, want %d and %q", tt.in, c.n.Load(), next.String(), tt.n, tt.next)
		}
	}
}

func TestLinkerFlags(t *testing.T) {
	got, err := linkerFlags()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"-s -w", "version.gitVersion=" + KubernetesVersion, "version.gitMajor=1", "version.gitMinor=36"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not contain %q", got, want)
		}
	}
}
