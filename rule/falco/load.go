package falco

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
)

// loader collects the items of files in the order in which they stand: a
// later one may change an earlier one.
type loader struct {
	lists  map[string]*list
	macros map[string]*macro
	rules  map[string]*item
	// The same in the order of their first definition.
	listOrder  []*list
	macroOrder []*macro
	ruleOrder  []*item
	count      int // of definitions and changes

	terms map[string]*expr.Term // of conditions and outputs, by what they print

	result Result
	file   *file // that is being read
}

// Load reads rules from trees of files.
func Load(trees ...files.Tree) *Result {
	texts, errs := files.Read(trees...)
	r := ParseFiles(texts...)
	r.Errors = append(errs, r.Errors...)
	return r
}

// ParseFiles reads files, in the order in which they are given: a list, a
// macro or a rule of one may be changed and used by those after it.
func ParseFiles(texts ...files.File) *Result {
	l := &loader{lists: map[string]*list{}, macros: map[string]*macro{}, rules: map[string]*item{}, terms: map[string]*expr.Term{}}
	for _, f := range texts {
		l.text(f.Name, f.Text)
	}
	l.compile()
	return &l.result
}

// Is reports whether a text is a Falco rule file: a list, where documents of
// other rule languages are maps.
func Is(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		line = strings.TrimSpace(strings.TrimPrefix(line, "---"))
		if line == "" || line[0] == '#' || line[0] == '%' {
			continue
		}
		return line == "-" || strings.HasPrefix(line, "- ") || line[0] == '['
	}
	return false
}

const (
	// maxNodes is how many YAML nodes a document may have once its aliases
	// are written out. The largest public file has about 12,000.
	maxNodes = 500_000
	// maxProblems is how many problems of a kind are told.
	maxProblems = 500
)

func (l *loader) text(name, text string) {
	l.file = &file{name, strings.Split(text, "\n")}
	dec := yaml.NewDecoder(strings.NewReader(text))
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			l.yamlError(err)
			return
		}
		if len(doc.Content) > 0 {
			l.document(doc.Content[0])
		}
	}
}

var yamlLine = regexp.MustCompile(`^line (\d+): `)

func (l *loader) yamlError(err error) {
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	at := place{file: l.file}
	if m := yamlLine.FindStringSubmatch(reason); m != nil {
		reason = reason[len(m[0]):]
		if at.at.Line, err = strconv.Atoi(m[1]); err == nil {
			at.at.Col = 1
		}
	}
	p := at.problem(codeYAML, "YAML", "", reason)
	p.Kind = "rules content"
	l.fail(p)
}

func (l *loader) document(root *yaml.Node) {
	if isNull(root) {
		return
	}
	budget := maxNodes
	if !affordable(root, &budget) {
		l.fail(l.file.at(root).problem(codeForm, "YAML", "", fmt.Sprintf("more than %d nodes, aliases written out", maxNodes)))
		return
	}
	if root = resolved(root); root.Kind != yaml.SequenceNode {
		p := l.file.at(root).problem(codeForm, "file", "begin every item with a dash: - rule: ...", "the file is no list of items")
		p.Kind = "rules content"
		l.fail(p)
		return
	}
	for _, n := range root.Content {
		if n = resolved(n); !isNull(n) {
			l.item(n)
		}
	}
}

// item reads one item of a file by what it is.
func (l *loader) item(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p := l.file.at(n).problem(codeForm, "file", "an item is a map: - rule: ..., - macro: ..., - list: ...", "an item is no map")
		p.Kind = "rules content item"
		l.fail(p)
		return
	}
	for _, kind := range [...]struct {
		key  string
		read func(*form)
	}{
		{"required_engine_version", l.engineVersion}, {"required_plugin_versions", l.pluginVersions},
		{"list", l.readList}, {"macro", l.readMacro}, {"rule", l.readRule},
	} {
		if member(n, kind.key) != nil {
			kind.read(&form{loader: l, node: n, kind: kind.key})
			return
		}
	}
	p := l.file.at(n).problem(codeUnknownItem, "file", "an item is a rule, a macro, a list, or states required versions", "an item of no known kind; it is left out")
	p.Kind = "rules content item"
	l.warn(p)
}

func (l *loader) fail(p *rule.Problem) { l.result.Errors = record(l.result.Errors, p) }

func (l *loader) warn(p *rule.Problem) { l.result.Warnings = record(l.result.Warnings, p) }

func (l *loader) lack(p *rule.Problem) { l.result.Unsupported = record(l.result.Unsupported, p) }

// record appends a problem as long as there are not too many.
func record(list []*rule.Problem, p *rule.Problem) []*rule.Problem {
	switch {
	case len(list) > maxProblems:
		return list
	case len(list) == maxProblems:
		return append(list, &rule.Problem{File: p.File, Feature: "file", Code: p.Code, Reason: "more problems like those above"})
	}
	return append(list, p)
}
