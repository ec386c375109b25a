package sigma

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
)

// Options change how documents are read. The zero value is what most want.
type Options struct {
	// Placeholders are the values of %name% in fields with the modifier
	// expand, in Sigma's syntax (wildcards count). A placeholder that is not
	// here makes its rule unsupported.
	Placeholders map[string][]string
	// Generic reads every field as a path in the event's document, whatever
	// the log source, for documents that carry Sigma's own field names.
	Generic bool
}

// Result is what a set of documents became.
type Result struct {
	// Rules can be run, in the order of their files.
	Rules []*rule.Rule
	// Compiled are the rules of Unsupported that are sound all the same; only
	// what they ask for is not there. They have no place in a rule set.
	Compiled []*rule.Rule
	// Unsupported names the features that keep sound documents from being
	// run, Errors what is broken. One document may have several of each.
	Unsupported, Errors []*Problem
	// Documents counts the YAML documents read, filters among them.
	Documents int
}

// Tree is a file or a directory of rules.
type Tree = files.Tree

// Path returns the tree of a file or directory of the operating system.
func Path(name string) Tree { return files.Path(name) }

// Load reads rules from trees. In directories it takes files that end in .yml
// or .yaml, sub-directories too, but nothing whose name begins with a dot.
// Documents may refer to documents of other trees.
func Load(opts Options, trees ...Tree) *Result {
	texts, errs := files.Read(trees...)
	r := ParseFiles(opts, texts...)
	r.Errors = append(errs, r.Errors...)
	return r
}

// ParseFiles reads the documents of files, which may refer to each other.
func ParseFiles(opts Options, texts ...files.File) *Result {
	l := &loader{opts: &opts}
	for _, f := range texts {
		l.text(f.Name, f.Text)
	}
	return l.finish()
}

// Parse reads the documents of one text; name stands for the file.
func Parse(opts Options, name, text string) *Result {
	return ParseFiles(opts, files.File{Name: name, Text: text})
}

type loader struct {
	opts *Options
	docs []*document
	errs []*Problem
}

func (l *loader) text(name, text string) {
	chunks := splitDocuments(text)
	if len(chunks) == 0 {
		l.errs = append(l.errs, &Problem{File: name, Feature: "file", Reason: "no document in it"})
	}
	lines := strings.Split(text, "\n")
	for _, c := range chunks {
		d := readDocument(l.opts, name, lines, c)
		l.docs = append(l.docs, d)
		if d.root != nil {
			d.compile()
		}
	}
}

// compile turns a document into what it declares.
func (d *document) compile() {
	if d.root.Kind != yaml.MappingNode {
		d.errorAt(pos(d.root), "document", "", "a rule is a map, not %s", describe(d.root))
		return
	}
	if key, v := member(d.root, "action"); key != nil {
		d.unsupportedAt(pos(key), "action", "write every document in full", "%s: rule collections were removed from Sigma", v.Value)
		return
	}
	found := 0
	for _, k := range [...]struct {
		name    string
		kind    docKind
		compile func()
	}{{"detection", kindRule, d.compileRule}, {"correlation", kindCorrelation, d.compileCorrelation}, {"filter", kindFilter, d.compileFilter}} {
		if key, _ := member(d.root, k.name); key == nil {
			continue
		} else if found++; found > 1 {
			d.errorAt(pos(key), "document", "write two documents", "it is several things at once: %s beside another", k.name)
			continue
		}
		d.kind = k.kind
		k.compile()
	}
	if found == 0 {
		d.errorAt(pos(d.root), "document", "", "it has neither detection, correlation nor filter")
		return
	}
	d.readBlock()
}

// finish links the documents and sorts them into a result.
func (l *loader) finish() *Result {
	link(l.docs)
	r := &Result{Documents: len(l.docs), Errors: l.errs}
	for _, d := range l.docs {
		r.Errors = append(r.Errors, d.errs...)
		r.Unsupported = append(r.Unsupported, d.unsupported...)
		switch {
		case d.rule == nil || d.failed():
		case len(d.unsupported) == 0:
			r.Rules = append(r.Rules, d.rule)
		case d.rule.Expr != nil || d.rule.Correlation != nil:
			r.Compiled = append(r.Compiled, d.rule)
		}
	}
	return r
}
