package bind

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// TestPlans compares printed plans, and errors, with testdata/plans.txt: after
// each "> query" stands what comes of it. Set UPDATE_PLANS to write the file
// anew, and read the difference.
func TestPlans(t *testing.T) {
	file := filepath.Join("testdata", "plans.txt")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, part := range strings.Split("\n"+string(data), "\n> ")[1:] {
		query, want, _ := strings.Cut(part, "\n")
		got := ""
		if n, err := bindText(t, query); err != nil {
			got = syntax.Describe(err) + "\n"
		} else {
			got = plan.String(n)
		}
		if strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", query, got, want)
		}
		out.WriteString("> " + query + "\n" + got + "\n")
	}
	if os.Getenv("UPDATE_PLANS") != "" {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
