package sigma

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
)

const (
	// maxDepth is how deep a document may nest; real rules need 6.
	maxDepth = 50
	// maxNodes is how many YAML nodes a document may have once its aliases
	// are written out. The largest public rule has about 3,000.
	maxNodes = 200_000
	// maxProblems is how many problems of a kind one document is told of.
	maxProblems = 100
	// maxTree is how many predicates a condition may have.
	maxTree = 100_000
)

// document is one YAML document on its way to a rule.
type document struct {
	opts  *Options
	file  string
	lines []string // of the whole file
	whole string   // the text of the document
	root  *yaml.Node

	kind        docKind
	rule        *rule.Rule // nil for a filter
	filter      *filter
	correlation *pendingCorrelation
	selections  *selections

	errs, unsupported []*Problem
}

// docKind is what a document declares.
type docKind uint8

const (
	kindNone docKind = iota
	kindRule
	kindCorrelation
	kindFilter
)

// failed reports whether the document is broken.
func (d *document) failed() bool { return len(d.errs) > 0 }

// problem makes a problem at a place in the document; n may be nil.
func (d *document) problem(at expr.Pos, feature, advice, format string, args ...any) *Problem {
	p := &Problem{File: d.file, Line: at.Line, Col: at.Col, Feature: feature, Reason: fmt.Sprintf(format, args...), Advice: advice}
	if d.rule != nil {
		p.RuleID, p.Title = d.rule.ID, d.rule.Title
	}
	if d.filter != nil {
		p.RuleID, p.Title = d.filter.id, d.filter.title
	}
	if at.Line > 0 && at.Line <= len(d.lines) {
		p.Snippet = rule.Snippet(d.lines[at.Line-1])
	}
	return p
}

// errorAt records that the document is broken.
func (d *document) errorAt(at expr.Pos, feature, advice, format string, args ...any) {
	d.errs = d.record(d.errs, at, feature, advice, format, args...)
}

// unsupportedAt records that the document asks for what Lynceus has not.
func (d *document) unsupportedAt(at expr.Pos, feature, advice, format string, args ...any) {
	d.unsupported = d.record(d.unsupported, at, feature, advice, format, args...)
}

// record appends a problem; the last one that fits says that there are more.
func (d *document) record(list []*Problem, at expr.Pos, feature, advice, format string, args ...any) []*Problem {
	switch {
	case len(list) > maxProblems:
		return list
	case len(list) == maxProblems:
		feature, advice, format, args = "document", "", "it has more problems like those above", nil
	}
	return append(list, d.problem(at, feature, advice, format, args...))
}

// fault records err, which came of some feature: as unsupported when it says
// so, else as broken.
func (d *document) fault(at expr.Pos, feature, advice string, err error) {
	var u *unsupportedError
	if errors.As(err, &u) {
		d.unsupportedAt(at, feature, advice, "%s", u.reason)
		return
	}
	d.errorAt(at, feature, advice, "%v", err)
}

// pos is where a node begins.
func pos(n *yaml.Node) expr.Pos { return expr.Pos{Line: n.Line, Col: n.Column} }

// inside is a place n bytes inside a scalar. In a text that YAML folds or
// escapes it is the scalar's beginning.
func inside(n *yaml.Node, offset int) expr.Pos {
	at := pos(n)
	switch n.Style {
	case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
		if strings.ContainsAny(n.Value, "\n\\'\"") {
			return at
		}
		at.Col += 1 + offset
	case 0:
		if strings.Contains(n.Value, "\n") {
			return at
		}
		at.Col += offset
	}
	return at
}

// readDocument parses the YAML of one chunk. When that fails, the document has
// an error and no root.
func readDocument(opts *Options, file string, lines []string, c chunk) *document {
	d := &document{opts: opts, file: file, lines: lines, whole: strings.Trim(strings.TrimPrefix(c.text, "---"), "\r\n")}
	var node yaml.Node
	dec := yaml.NewDecoder(strings.NewReader(c.text))
	if err := dec.Decode(&node); err != nil {
		line, reason := yamlError(err)
		d.errorAt(expr.Pos{Line: c.line + line, Col: 1}, "YAML", "", "%s", reason)
		return d
	}
	var second yaml.Node
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		d.errorAt(expr.Pos{Line: c.line + 1, Col: 1}, "YAML", "begin every document with a line ---", "text follows the end of the document")
		return d
	}
	shift(&node, c.line)
	budget := maxNodes
	if p := d.checkTree(&node, 0, &budget); p != nil {
		d.errs = append(d.errs, p)
		return d
	}
	d.root = node.Content[0]
	return d
}

var yamlLine = regexp.MustCompile(`^line (\d+): `)

// yamlError returns the line (from 1) and the words of an error of the YAML
// parser.
func yamlError(err error) (line int, reason string) {
	reason = strings.TrimPrefix(err.Error(), "yaml: ")
	line = 1
	if m := yamlLine.FindStringSubmatch(reason); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
			line = n
		}
		reason = reason[len(m[0]):]
	}
	return line, reason
}

// shift makes lines of a chunk lines of the file.
func shift(n *yaml.Node, lines int) {
	n.Line += lines
	for _, c := range n.Content {
		shift(c, lines)
	}
}

// checkTree refuses a tree that is too deep, too large once its aliases are
// written out, or that names a member twice.
func (d *document) checkTree(n *yaml.Node, depth int, budget *int) *Problem {
	if *budget--; *budget < 0 {
		return d.problem(pos(n), "YAML", "", "more than %d nodes, aliases written out", maxNodes)
	}
	if depth > maxDepth {
		return d.problem(pos(n), "YAML", "", "nested more than %d levels deep", maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		return d.checkTree(n.Alias, depth+1, budget)
	}
	if n.Kind == yaml.MappingNode {
		seen := make(map[string]int, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode {
				return d.problem(pos(k), "YAML", "", "a key must be plain text")
			}
			if k.Tag == "!!merge" {
				return d.problem(pos(k), "YAML", "write the members out", "merge keys (<<) are no part of Sigma")
			}
			if first, twice := seen[k.Value]; twice {
				return d.problem(pos(k), "YAML", "join the two", "%q stands twice in one map, first on line %d", k.Value, first)
			}
			seen[k.Value] = k.Line
		}
	}
	for _, c := range n.Content {
		if p := d.checkTree(c, depth+1, budget); p != nil {
			return p
		}
	}
	return nil
}
