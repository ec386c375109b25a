package sigma

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoadTrees(t *testing.T) {
	text := func(title string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("title: " + title + "\nlogsource: {product: kubernetes, service: audit}\ndetection: {s: {verb: get}, condition: s}\n")}
	}
	fsys := fstest.MapFS{
		"a/one.yml":         text("one"),
		"a/deep/two.YAML":   text("two"),
		"a/readme.md":       text("three"),
		"a/.hidden.yml":     text("four"),
		"a/..data/five.yml": text("five"),
		"empty/x.txt":       text("six"),
		"rule.sigma":        text("seven"),
	}
	for _, c := range []struct {
		tree Tree
		want string
	}{
		{Tree{FS: fsys, Root: ".", Name: "builtin"}, "builtin/a/deep/two.YAML:1 builtin/a/one.yml:1"},
		{Tree{FS: fsys, Root: "a", Name: "/x/a/"}, "/x/a/deep/two.YAML:1 /x/a/one.yml:1"},
		{Tree{FS: fsys, Root: "a/one.yml", Name: "one.yml"}, "one.yml:1"},
		{Tree{FS: fsys, Root: "rule.sigma", Name: "rule.sigma"}, "rule.sigma:1"},
		{Tree{FS: fsys, Root: "empty", Name: "empty"}, "empty: there is no rule in this directory"},
		{Tree{FS: fsys, Root: "none", Name: "none"}, "none: file does not exist"},
	} {
		r := Load(Options{}, c.tree)
		var got []string
		for _, x := range r.Rules {
			got = append(got, x.Source.String())
		}
		for _, p := range r.Errors {
			got = append(got, p.Error())
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("Load(%s) = %s, want %s", c.tree.Name, s, c.want)
		}
	}
}

// Files of the operating system, by relative and absolute path; a correlation
// in one refers to a rule in another.
func TestLoadPaths(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	base := write("base/a.yml", "title: a\nname: a\nlogsource: {product: kubernetes, service: audit}\ndetection: {s: {verb: get}, condition: s}\n")
	write("c/c.yml", "title: c\ncorrelation: {type: event_count, rules: [a], timespan: 1h, condition: {gte: 2}}\n")
	r := Load(Options{}, Path(filepath.Join(dir, "c")), Path(base))
	if len(r.Rules) != 2 || r.Rules[0].Source.File != filepath.Join(dir, "c", "c.yml") || r.Rules[1].Source.File != base {
		t.Errorf("rules:\n%s", outcome(r))
	}
	t.Chdir(dir)
	if r := Load(Options{}, Path("base")); len(r.Rules) != 1 || r.Rules[0].Source.File != "base/a.yml" {
		t.Errorf("relative: %+v", r.Rules)
	}
	if r := Load(Options{}, Path(".")); len(r.Rules) != 2 || r.Rules[0].Source.File != "./base/a.yml" {
		t.Errorf("here: %+v", r.Rules)
	}
	if r := Load(Options{}, Path("../"+filepath.Base(dir)+"/base/a.yml")); len(r.Rules) != 1 {
		t.Errorf("up: %+v", r.Errors)
	}
	if r := Load(Options{}, Path("nothing")); len(r.Errors) != 1 || r.Errors[0].File != "nothing" {
		t.Errorf("nothing: %+v", r.Errors)
	}
}
