package output

import (
	"strings"
	"testing"
)

func TestUnfit(t *testing.T) {
	for _, c := range []struct {
		what string
		n    int64
		want string
	}{
		{"waiting", 1363, "judged early, for want of memory: 1,363 requests; findings may depend on the order of lines"},
		{"waiting", 1, "judged early, for want of memory: 1 request; findings may depend on the order of lines"},
		{"novelty", 12, "12 entries of novelty did not fit into memory; findings may be missing"},
		{"windows", 1, "1 entry of windows did not fit into memory; findings may be missing"},
	} {
		if got := strings.ReplaceAll(unfit(c.what, c.n), nbsp, " "); got != c.want {
			t.Errorf("unfit(%q, %d) = %q, want %q", c.what, c.n, got, c.want)
		}
	}
}
