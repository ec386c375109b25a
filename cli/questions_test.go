//go:build cgo

package cli

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

var update = flag.Bool("update", false, "write the examples in docs/questions.md anew")

// example is a command in docs/questions.md, and what stands below it.
var example = regexp.MustCompile(`(?s)<!-- lynceus (ask [^\n]*) -->\n.*?<!-- end -->`)

// TestQuestionsPageIsFresh asks the questions of docs/questions.md of the
// recorded day, and compares the answers with the page.
func TestQuestionsPageIsFresh(t *testing.T) {
	page := filepath.Join(require.ModuleRoot(t), "docs", "questions.md")
	old, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	s, dir := newDemoStore(t), t.TempDir()
	n := 0
	fresh := example.ReplaceAllStringFunc(string(old), func(block string) string {
		n++
		command := example.FindStringSubmatch(block)[1]
		out, errs, code := asked(t, s, "", append(strings.Fields(command), "--data", dir)...)
		if code != exitDone {
			t.Errorf("%s: exit code %d: %s", command, code, errs)
		}
		var b strings.Builder
		b.WriteString("<!-- lynceus " + command + " -->\n```\n$ lynceus " + command + "\n")
		for line := range strings.Lines(errs + out) {
			b.WriteString(strings.TrimRight(line, " \n") + "\n")
		}
		b.WriteString("```\n<!-- end -->")
		return b.String()
	})
	if n < 5 {
		t.Fatalf("the page has %d examples", n)
	}
	if fresh == string(old) {
		return
	}
	if !*update {
		t.Fatalf("docs/questions.md is not what the program answers; run go test ./cli -run QuestionsPage -update\n%s", fresh)
	}
	if err := os.WriteFile(page, []byte(fresh), 0o644); err != nil {
		t.Fatal(err)
	}
}
