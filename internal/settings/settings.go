// Package settings reads files that people write, in YAML, and takes them literally: what it does not know, what is there
// twice and what is of another kind is wrong, and all that is wrong is said at once, each with its place.
package settings

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxFile is how many bytes a file may have.
const MaxFile = 1 << 20

// Error is one thing that is wrong with a file.
type Error struct {
	File      string
	Line, Col int // from 1; 0 when it is the file as a whole
	Message   string
}

// Error is file:line:col: message.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Message)
}

// Reader reads the nodes of one file and collects what is wrong with them.
type Reader struct {
	file string
	errs []error
}

// Open reads a file, which errors name, as far as it is YAML. The node is the outermost one; nil where there is none.
func Open(file string, data []byte) (*Reader, *yaml.Node, error) {
	if len(data) > MaxFile {
		return nil, nil, &Error{File: file, Message: fmt.Sprintf("it has %d bytes; %d is the most", len(data), MaxFile)}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, nil, &Error{File: file, Message: strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	r := &Reader{file: file}
	if len(doc.Content) == 0 {
		return r, nil, nil
	}
	return r, doc.Content[0], nil
}

// Err joins an Error for each thing that is wrong; nil for none.
func (r *Reader) Err() error { return errors.Join(r.errs...) }

// Failures is how many things are wrong so far.
func (r *Reader) Failures() int { return len(r.errs) }

// Fail says what is wrong with a node; nil is the file as a whole.
func (r *Reader) Fail(n *yaml.Node, format string, args ...any) {
	e := &Error{File: r.file, Message: fmt.Sprintf(format, args...)}
	if n != nil {
		e.Line, e.Col = n.Line, n.Column
	}
	r.errs = append(r.errs, e)
}

// Members reads a mapping by what is to be done with each key. Other keys, and the same twice, are wrong.
func (r *Reader) Members(n *yaml.Node, what string, known map[string]func(*yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.Fail(n, "%s has to be a mapping of names to values", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		read := known[name.Value]
		switch {
		case read == nil || name.Kind != yaml.ScalarNode:
			r.Fail(name, "%s has no %q; it can have %s", what, name.Value, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		case seen[name.Value]:
			r.Fail(name, "%q is there twice", name.Value)
		default:
			seen[name.Value] = true
			read(value)
		}
	}
}

// Items reads a list of at most so many, which may be empty.
func (r *Reader) Items(n *yaml.Node, what string, most int, read func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.Fail(n, "%s has to be a list", what)
		return
	}
	if len(n.Content) > most {
		r.Fail(n, "%s lists %d; %d is the most", what, len(n.Content), most)
		return
	}
	for _, item := range n.Content {
		read(item)
	}
}

// Text reads a text that is not empty; "" is none.
func (r *Reader) Text(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode || n.Value == "" || n.Tag == "!!null" {
		r.Fail(n, "%s has to be a text", what)
		return ""
	}
	return n.Value
}

// Flag reads true or false.
func (r *Reader) Flag(n *yaml.Node, what string) bool {
	var v bool
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || n.Decode(&v) != nil {
		r.Fail(n, "%s has to be true or false", what)
	}
	return v
}

// OneOf reads a word and returns its place among words, 0 where it is none of them.
func (r *Reader) OneOf(n *yaml.Node, what string, words ...string) int {
	for i, w := range words {
		if n.Kind == yaml.ScalarNode && n.Value == w {
			return i
		}
	}
	r.Fail(n, "%s has to be one of %s", what, strings.Join(words, ", "))
	return 0
}
