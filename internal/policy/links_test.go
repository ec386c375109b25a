package policy

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/lynceus-io/lynceus/internal/require"
)

var (
	// link is an inline Markdown link or image: its target, without a title.
	link = regexp.MustCompile(`\]\(\s*<?([^)\s>]+)>?[^)]*\)`)
	// heading is a Markdown heading: its text.
	heading = regexp.MustCompile(`^#{1,6}\s+(.*?)\s*#*$`)
	// code is a span of inline code, whose content is no link.
	code = regexp.MustCompile("`[^`]*`")
)

func TestLinksResolve(t *testing.T) {
	root := require.ModuleRoot(t)
	for _, rel := range walk(t, func(rel string) bool { return path.Ext(rel) == ".md" }) {
		report(t, brokenLinks(rel, string(read(t, rel)), func(name string) (string, bool) {
			name = filepath.Join(root, filepath.FromSlash(name))
			info, err := os.Stat(name)
			if err != nil {
				return "", false
			}
			if info.IsDir() {
				return "", true
			}
			data, err := os.ReadFile(name)
			return string(data), err == nil
		}))
	}
}

// TestDocsAreListed makes sure that a page can be found: docs/README.md links to every page beside it.
func TestDocsAreListed(t *testing.T) {
	contents := string(read(t, "docs/README.md"))
	for _, rel := range walk(t, func(rel string) bool { return path.Dir(rel) == "docs" && path.Ext(rel) == ".md" }) {
		if name := path.Base(rel); name != "README.md" && !strings.Contains(contents, "]("+name+")") {
			t.Errorf("docs/README.md has no link to %s", name)
		}
	}
}

// brokenLinks names the relative links of a Markdown document at rel whose file or heading does not exist. open returns
// the text of a file of the repository.
func brokenLinks(rel, text string, open func(name string) (string, bool)) []string {
	var out []string
	for i, line := range proseLines(text) {
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(line, ""), -1) {
			u, err := url.Parse(m[1])
			if err != nil {
				out = append(out, fmt.Sprintf("%s:%d: %s is no link: %v", rel, i+1, m[1], err))
				continue
			}
			if u.Scheme != "" || u.Host != "" {
				continue
			}
			target, content, ok := rel, text, true
			if u.Path != "" {
				target = path.Join(path.Dir(rel), u.Path)
				content, ok = open(target)
			}
			switch {
			case !ok:
				out = append(out, fmt.Sprintf("%s:%d: %s leads to %s, which does not exist", rel, i+1, m[1], target))
			case u.Fragment != "" && path.Ext(target) == ".md" && !slices.Contains(anchors(content), u.Fragment):
				out = append(out, fmt.Sprintf("%s:%d: %s has no heading for #%s", rel, i+1, target, u.Fragment))
			}
		}
	}
	return out
}

// proseLines splits a Markdown document into lines, with those inside fenced code left empty.
func proseLines(text string) []string {
	lines := strings.Split(text, "\n")
	fence := ""
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		switch {
		case fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
			lines[i] = ""
		case strings.HasPrefix(trimmed, "```"), strings.HasPrefix(trimmed, "~~~"):
			fence, lines[i] = trimmed[:3], ""
		}
	}
	return lines
}

// anchors are the fragments by which GitHub reaches the headings of a document. The second of two equal headings gets -1.
func anchors(text string) []string {
	var out []string
	seen := map[string]int{}
	for _, line := range proseLines(text) {
		m := heading.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		slug := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsNumber(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])
		seen[slug]++
		if n := seen[slug] - 1; n > 0 {
			slug = fmt.Sprintf("%s-%d", slug, n)
		}
		out = append(out, slug)
	}
	return out
}

func TestLinksResolveRule(t *testing.T) {
	files := map[string]string{
		"README.md":      "# One\n## Two `words`\n## Two words\n```\n# not a heading\n```\n",
		"docs/README.md": "# Docs\n",
		"docs":           "",
	}
	open := func(name string) (string, bool) { text, ok := files[name]; return text, ok }
	tests := []struct {
		text string
		want []string
	}{
		{"[a](README.md) [b](../README.md#one) [c](https://example.org/x) [d](mailto:a@b)", nil},
		{"[a](../README.md#two-words) [b](../README.md#two-words-1)", nil},
		{"[a](../README.md#not-a-heading)", []string{"no heading"}},
		{"[a](gone.md) ![b](gone.png \"title\")", []string{"docs/gone.md", "docs/gone.png"}},
		{"# Here\n[a](#here) [b](#there)", []string{"#there"}},
		{"`[a](gone.md)`\n```\n[a](gone.md)\n```\n[dir](../docs)", nil},
	}
	for _, tt := range tests {
		checkViolations(t, brokenLinks("docs/x.md", tt.text, open), tt.want...)
	}
}
