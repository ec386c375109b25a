// Package files finds the files that hold rules, whatever their language, and
// reads them.
package files

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/lynceus-io/lynceus/rule"
)

// Tree is a file or a directory of rules.
type Tree struct {
	// FS holds the tree and Root is its path in there; "." is all of FS.
	FS   fs.FS
	Root string
	// Name is shown in place of Root.
	Name string
}

// Path returns the tree of a file or directory of the operating system.
func Path(name string) Tree {
	clean := filepath.Clean(name)
	return Tree{FS: os.DirFS(filepath.Dir(clean)), Root: filepath.Base(clean), Name: name}
}

// File is the text of a rule file and the name by which messages call it.
type File struct{ Name, Text string }

// maxFileSize bounds a rule file. The largest public one has 160 KB.
const maxFileSize = 8 << 20

// Read returns the files of trees, in order of their paths within each. In
// directories it takes files that end in .yml or .yaml, sub-directories too,
// but nothing whose name begins with a dot.
func Read(trees ...Tree) ([]File, []*rule.Problem) {
	r := &reader{}
	for _, t := range trees {
		r.tree(t)
	}
	return r.files, r.errs
}

type reader struct {
	files []File
	errs  []*rule.Problem
}

// failed records that a file could not be read.
func (r *reader) failed(name string, err error) {
	reason := err.Error()
	if pe, ok := err.(*fs.PathError); ok {
		reason = pe.Err.Error()
	}
	r.errs = append(r.errs, &rule.Problem{File: name, Reason: reason})
}

func (r *reader) tree(t Tree) {
	before := len(r.files) + len(r.errs)
	isDir := false
	err := fs.WalkDir(t.FS, t.Root, func(p string, e fs.DirEntry, err error) error {
		name := t.shown(p)
		if err != nil {
			r.failed(name, err)
			return nil
		}
		if p == t.Root && !e.IsDir() {
			r.file(t.FS, p, name)
			return nil
		}
		isDir = true
		switch {
		case p != t.Root && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case e.IsDir() || !isRuleFile(p):
			return nil
		}
		r.file(t.FS, p, name)
		return nil
	})
	if err != nil {
		r.failed(t.Name, err)
	}
	if isDir && len(r.files)+len(r.errs) == before {
		r.errs = append(r.errs, &rule.Problem{File: t.Name, Reason: "there is no rule in this directory", Advice: "rules are files that end in .yml or .yaml"})
	}
}

func isRuleFile(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

// shown returns the name by which messages call a file of a tree.
func (t Tree) shown(p string) string {
	rest := strings.TrimPrefix(strings.TrimPrefix(p, t.Root), "/")
	if t.Root == "." && p != "." {
		rest = p
	}
	if rest == "" {
		return t.Name
	}
	return strings.TrimSuffix(t.Name, "/") + "/" + rest
}

func (r *reader) file(fsys fs.FS, p, name string) {
	if info, err := fs.Stat(fsys, p); err == nil && info.Size() > maxFileSize {
		r.errs = append(r.errs, &rule.Problem{File: name, Reason: "larger than 8 MiB"})
		return
	}
	b, err := fs.ReadFile(fsys, p)
	if err != nil {
		r.failed(name, err)
		return
	}
	r.files = append(r.files, File{name, string(b)})
}
