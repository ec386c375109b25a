package load

import (
	"cmp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lynceus-io/lynceus/rule/files"
)

const (
	sigmaText = "title: S\nlogsource: {product: kubernetes, service: audit}\ndetection:\n  a: {verb: get}\n  condition: a\n"
	falcoText = "- rule: F\n  desc: d\n  condition: ka.verb = get\n  output: o\n  priority: INFO\n  source: k8s_audit\n"
	moreText  = "- rule: F\n  condition: and never\n  override: {condition: append}\n"
)

// Files of both languages are read together, each by its own rules.
func TestLoad(t *testing.T) {
	for _, c := range []struct {
		files map[string]string
		rules string // titles
		errs  string // features of errors
	}{
		{map[string]string{"a.yml": sigmaText}, "S", ""},
		{map[string]string{"a.yml": falcoText}, "F", ""},
		{map[string]string{"a.yml": falcoText, "b.yaml": sigmaText}, "S F", ""},
		{map[string]string{"a.yml": falcoText, "b.yaml": "\n"}, "F", ""},
		{map[string]string{"a.yml": "\n"}, "", "file"},
		{map[string]string{"a.yml": falcoText, "b.yaml": moreText}, "", "condition"},
		{map[string]string{"a.yml": moreText, "b.yaml": falcoText}, "F", "append"},
		{map[string]string{"a.txt": falcoText}, "", "there is no rule in this directory"},
	} {
		fsys := fstest.MapFS{}
		for name, text := range c.files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		r := Load(files.Tree{FS: fsys, Root: ".", Name: "rules"})
		var titles, errs []string
		for _, m := range r.Rules {
			titles = append(titles, m.Title)
		}
		for _, p := range r.Errors {
			errs = append(errs, cmp.Or(p.Feature, p.Reason))
		}
		if got := strings.Join(titles, " "); got != c.rules {
			t.Errorf("%v: rules %q, want %q", c.files, got, c.rules)
		}
		if got := strings.Join(errs, " "); got != c.errs {
			t.Errorf("%v: errors %q, want %q", c.files, got, c.errs)
		}
	}
}
