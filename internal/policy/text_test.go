package policy

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

// maxLines is the length at which a file holds more than one thing.
const maxLines = 500

func TestFilesAreShort(t *testing.T) {
	for _, f := range allGoFiles(t) {
		if n := bytes.Count(f.src, []byte{'\n'}); n > maxLines && !f.isTest && !f.generated {
			t.Errorf("%s has %d lines, more than %d: split it by what it does", f.path, n, maxLines)
		}
	}
}

// unfinished are the words by which people mark what they left for later.
var unfinished = regexp.MustCompile(`\b(` + strings.Join([]string{"TO" + "DO", "FIX" + "ME", "X" + "XX"}, "|") + `)\b`)

// buildMachine are paths of machines that the project is built on, besides those of the machine that runs this test.
var buildMachine = regexp.MustCompile(`(^|[^\w.~/-])/(work|farm)/`)

func TestNothingIsLeftUnfinished(t *testing.T) {
	eachLine(t, func(where, line string) {
		if word := unfinished.FindString(line); word != "" {
			t.Errorf("%s: %s; finish it, or describe the limit in words a user understands", where, word)
		}
	})
}

func TestNoMachinePaths(t *testing.T) {
	local := []string{require.ModuleRoot(t)}
	if home, err := os.UserHomeDir(); err == nil {
		local = append(local, filepath.Join(home, "go")+"/", filepath.Join(home, ".cache")+"/")
	}
	eachLine(t, func(where, line string) {
		found := buildMachine.FindString(line)
		for _, dir := range local {
			if strings.Contains(line, dir) {
				found = dir
			}
		}
		if found != "" {
			t.Errorf("%s: the path %s exists on one machine only", where, strings.TrimSpace(found))
		}
	})
}

// eachLine calls f for every line of the repository's source and prose.
func eachLine(t *testing.T, f func(where, line string)) {
	t.Helper()
	for _, rel := range walk(t, isText) {
		for i, line := range strings.Split(string(read(t, rel)), "\n") {
			f(fmt.Sprintf("%s:%d", rel, i+1), line)
		}
	}
}

// isText reports whether a file is one that people write.
func isText(rel string) bool {
	return slices.Contains([]string{".go", ".md", ".sh", ".yml", ".yaml", ".mod"}, path.Ext(rel)) ||
		slices.Contains([]string{"Makefile", ".ci/run"}, rel)
}

func TestTextRules(t *testing.T) {
	tests := []struct {
		pattern *regexp.Regexp
		line    string
		want    bool
	}{
		{unfinished, "// TO" + "DO: later", true},
		{unfinished, "// FIX" + "ME(me)", true},
		{unfinished, "a to" + "do list", false},
		{unfinished, "mktemp name.X" + "XXXXX", false},
		{buildMachine, `open("/wo` + `rk/shared")`, true},
		{buildMachine, "see /fa" + "rm/x", true},
		{buildMachine, "https://example.org/wo" + "rk/x", false},
		{buildMachine, "./wo" + "rk/x", false},
	}
	for _, tt := range tests {
		if got := tt.pattern.MatchString(tt.line); got != tt.want {
			t.Errorf("%s in %q: %v, want %v", tt.pattern, tt.line, got, tt.want)
		}
	}
}
