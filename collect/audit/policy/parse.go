package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxSize is the length of the longest policy that is read, in bytes. The API
// server knows no limit; policies are a few kilobytes.
const MaxSize = 4 << 20

// maxProblems is how many problems of one file are told; more help nobody.
const maxProblems = 1000

// maxNodes bounds the size of a document whose aliases are followed.
const maxNodes = 1 << 20

// Parse reads a policy. It returns what could be read of it, nil where nothing
// could, and all that is wrong with its form: what the API server refuses
// (severity Refused), and what it passes over in silence (Error).
func Parse(text []byte) (*Policy, []Problem) {
	r := &reader{}
	if len(text) > MaxSize {
		r.refuse(Pos{}, "size", "", fmt.Sprintf("the file has %d bytes, more than the %d that are read", len(text), MaxSize), "")
		return nil, r.problems
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		r.refuse(Pos{1, 1}, "empty", "", "the file is empty", "write apiVersion: audit.k8s.io/v1, kind: Policy and rules, or let lynceus audit-policy generate do it")
		return nil, r.problems
	case err != nil:
		r.refuse(yamlPos(err), "yaml", "", strings.TrimPrefix(err.Error(), "yaml: "), "the file is no YAML; quote texts that begin with * or &")
		return nil, r.problems
	}
	var rest yaml.Node
	if err := dec.Decode(&rest); !errors.Is(err, io.EOF) {
		r.add(Problem{At: pos(&rest), Severity: Error, Kind: "documents", Text: "a second document follows, which the API server does not read", Advice: "put all rules into one document"})
	}
	p := r.policy(doc.Content[0])
	if p != nil {
		r.validate(p)
	}
	return p, r.problems
}

// Illegal reports whether the API server would not start with a policy that
// has these problems.
func Illegal(problems []Problem) bool {
	for _, p := range problems {
		if p.Severity == Refused {
			return true
		}
	}
	return false
}

// yamlPos reads the line that a parser's error names.
func yamlPos(err error) Pos {
	var line int
	_, rest, _ := strings.Cut(err.Error(), "line ")
	if _, e := fmt.Sscanf(rest, "%d", &line); e != nil {
		return Pos{}
	}
	return Pos{Line: line, Col: 1}
}

// reader reads a document and collects what is wrong in it.
type reader struct {
	problems []Problem
	refused  bool // one of problems is that severe
	nodes    int
}

// add keeps a problem. Beyond maxProblems only the first that makes a policy
// illegal is kept.
func (r *reader) add(p Problem) {
	if len(r.problems) >= maxProblems && (r.refused || p.Severity != Refused) {
		return
	}
	r.refused = r.refused || p.Severity == Refused
	r.problems = append(r.problems, p)
}

func (r *reader) refuse(at Pos, kind, path, text, advice string) {
	r.add(Problem{At: at, Severity: Refused, Kind: kind, Path: path, Text: text, Advice: advice})
}

func pos(n *yaml.Node) Pos { return Pos{n.Line, n.Column} }

func (r *reader) policy(n *yaml.Node) *Policy {
	p := &Policy{}
	var version, kind string
	if !r.mapping(n, "", fields{
		"apiVersion":        func(v *yaml.Node, path string) { version = r.text(v, path) },
		"kind":              func(v *yaml.Node, path string) { kind = r.text(v, path) },
		"metadata":          r.metadata,
		"omitStages":        func(v *yaml.Node, path string) { p.OmitStages = r.stages(v, path) },
		"omitManagedFields": func(v *yaml.Node, path string) { p.OmitManagedFields = r.boolean(v, path) },
		"rules": func(v *yaml.Node, path string) {
			r.list(v, path, func(v *yaml.Node, path string) { p.Rules = append(p.Rules, r.rule(v, path)) })
		},
	}) {
		return nil
	}
	switch {
	case version != "audit.k8s.io/v1":
		r.refuse(pos(n), "version", "apiVersion", fmt.Sprintf("%q is not audit.k8s.io/v1", version), "versions before v1 went with Kubernetes 1.24")
	case kind == "":
		r.add(Problem{At: pos(n), Severity: Note, Kind: "version", Path: "kind", Text: "the kind is missing; the API server takes it for a Policy", Advice: "write kind: Policy"})
	case kind != "Policy":
		r.refuse(pos(n), "version", "kind", fmt.Sprintf("%q is not Policy", kind), "")
	}
	return p
}

// metadata reads what every object may have; it means nothing here.
func (r *reader) metadata(n *yaml.Node, path string) {
	text := func(v *yaml.Node, path string) { r.text(v, path) }
	ignored := func(*yaml.Node, string) {}
	r.mapping(n, path, fields{"name": text, "namespace": text, "labels": ignored, "annotations": ignored, "creationTimestamp": ignored})
}

func (r *reader) rule(n *yaml.Node, path string) Rule {
	p := Rule{At: pos(n)}
	texts := func(into *[]string) field {
		return func(v *yaml.Node, path string) { *into = r.texts(v, path) }
	}
	r.mapping(n, path, fields{
		"level":           func(v *yaml.Node, path string) { p.Level = Level(r.text(v, path)) },
		"users":           texts(&p.Users),
		"userGroups":      texts(&p.UserGroups),
		"verbs":           texts(&p.Verbs),
		"namespaces":      texts(&p.Namespaces),
		"nonResourceURLs": texts(&p.NonResourceURLs),
		"omitStages":      func(v *yaml.Node, path string) { p.OmitStages = r.stages(v, path) },
		"omitManagedFields": func(v *yaml.Node, path string) {
			if !isNull(v) {
				omit := r.boolean(v, path)
				p.OmitManagedFields = &omit
			}
		},
		"resources": func(v *yaml.Node, path string) {
			r.list(v, path, func(v *yaml.Node, path string) {
				var g GroupResources
				r.mapping(v, path, fields{
					"group":         func(v *yaml.Node, path string) { g.Group = r.text(v, path) },
					"resources":     texts(&g.Resources),
					"resourceNames": texts(&g.ResourceNames),
				})
				p.Resources = append(p.Resources, g)
			})
		},
	})
	return p
}
