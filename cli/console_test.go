package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/cli"
	"github.com/lynceus-io/lynceus/internal/require"
)

// Every ```console example of README.md and docs that runs lynceus shows what
// lynceus prints: examples are run from the root of the repository.
func TestConsoleExamples(t *testing.T) {
	root := require.ModuleRoot(t)
	t.Chdir(root)
	pages := []string{"README.md"}
	err := filepath.WalkDir("docs", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range examples(string(text)) {
			t.Run(fmt.Sprintf("%s:%d", page, e.line), func(t *testing.T) {
				var out bytes.Buffer
				cli.Run(context.Background(), e.args, strings.NewReader(""), &out, &out)
				if diff := compare(e.want, out.String()); diff != "" {
					t.Errorf("lynceus %s: %s", strings.Join(e.args, " "), diff)
				}
			})
		}
	}
}

// example is a command and what it shows.
type example struct {
	line int
	args []string
	want string
}

// examples returns the lynceus commands in the console blocks of a page.
func examples(page string) []example {
	var out []example
	inside, current := false, -1
	for i, l := range strings.Split(page, "\n") {
		switch {
		case strings.HasPrefix(l, "```"):
			inside, current = !inside && strings.TrimSpace(l) == "```console", -1
		case !inside:
		case strings.HasPrefix(l, "$ "):
			current = -1
			args := strings.Fields(strings.TrimPrefix(l, "$ "))
			if len(args) > 0 && (args[0] == "lynceus" || args[0] == "bin/lynceus") {
				out = append(out, example{line: i + 1, args: args[1:]})
				current = len(out) - 1
			}
		case current >= 0:
			out[current].want += l + "\n"
		}
	}
	return out
}

// compare says where got differs from want, in which ... stands for anything
// on a line, and alone for any lines; "" where it does not.
func compare(want, got string) string {
	w := strings.Split(strings.TrimSpace(want), "\n")
	g := strings.Split(strings.TrimSpace(got), "\n")
	i := 0
	for n, line := range w {
		if strings.TrimSpace(line) == "..." {
			if n == len(w)-1 {
				return ""
			}
			for i < len(g) && !sameLine(w[n+1], g[i]) {
				i++
			}
			continue
		}
		if i >= len(g) || !sameLine(line, g[i]) {
			shown := "the end"
			if i < len(g) {
				shown = g[i]
			}
			return fmt.Sprintf("line %d\nwant %s\ngot  %s\nall of it:\n%s", n+1, line, shown, got)
		}
		i++
	}
	if i < len(g) {
		return fmt.Sprintf("there is more from line %d on:\n%s", i+1, strings.Join(g[i:], "\n"))
	}
	return ""
}

func sameLine(want, got string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimRight(want, " ")), `\.\.\.`, ".*")
	return regexp.MustCompile("^" + pattern + "$").MatchString(strings.TrimRight(got, " "))
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		want, got string
		same      bool
	}{
		{"a\nb", "a\nb\n", true},
		{"a\nb", "a\nc", false},
		{"a ... c", "a b c", true},
		{"a\n...\nd", "a\nb\nc\nd", true},
		{"a\n...", "a\nb\nc", true},
		{"a\n...\nx", "a\nb\nc", false},
		{"a", "a\nb", false},
		{"a\nb", "a", false},
		{"a.c", "abc", false},
	} {
		if diff := compare(c.want, c.got); (diff == "") != c.same {
			t.Errorf("compare(%q, %q) = %q", c.want, c.got, diff)
		}
	}
}

func TestExamples(t *testing.T) {
	page := "text\n```console\n$ make demo\nbuilt\n$ bin/lynceus scan x.log\nNothing\n\nfound\n$ lynceus version\n```\n```sh\n$ lynceus no\n```\n"
	got := fmt.Sprintf("%+v", examples(page))
	if want := "[{line:5 args:[scan x.log] want:Nothing\n\nfound\n} {line:9 args:[version] want:}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
