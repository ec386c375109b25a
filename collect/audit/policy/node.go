package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// field reads the value of one member; path is where it stands.
type field func(v *yaml.Node, path string)

// fields are the members that a mapping may have.
type fields map[string]field

// resolve follows an alias, as far as the document stays within bounds.
func (r *reader) resolve(n *yaml.Node, path string) (*yaml.Node, bool) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	r.nodes++
	if r.nodes > maxNodes {
		if r.nodes == maxNodes+1 {
			r.refuse(pos(n), "size", path, "the document is too large with its aliases followed", "write the values out")
		}
		return nil, false
	}
	return n, true
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// mapping calls the reader of each member of n; false where n is no mapping.
func (r *reader) mapping(n *yaml.Node, path string, known fields) bool {
	n, ok := r.resolve(n, path)
	if !ok {
		return false
	}
	if n.Kind != yaml.MappingNode {
		if isNull(n) && path != "" {
			return true
		}
		r.refuse(pos(n), "type", path, "a mapping of keys to values is wanted here", "")
		return false
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		name := k.Value
		where := join(path, name)
		switch read := known[name]; {
		case k.Tag == "!!merge":
			r.add(Problem{At: pos(k), Severity: Error, Kind: "merge", Path: where, Text: "a merge key is not understood here", Advice: "write the members out"})
		case read == nil:
			r.add(Problem{At: pos(k), Severity: Error, Kind: "unknown-field", Path: where, Text: "there is no such key; the API server passes over it with a warning in its log", Advice: nearest(name, known)})
		case seen[name]:
			r.add(Problem{At: pos(k), Severity: Error, Kind: "duplicate", Path: where, Text: "the key stands here twice; the last one holds", Advice: "remove one"})
			fallthrough
		default:
			seen[name] = true
			read(v, where)
		}
	}
	return true
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// nearest names the known key that is meant, or all of them.
func nearest(name string, known fields) string {
	all := slices.Sorted(maps.Keys(known))
	for _, k := range all {
		if strings.EqualFold(strings.TrimRight(k, "s"), strings.TrimRight(name, "s")) {
			return "write " + k
		}
	}
	return "keys here are " + strings.Join(all, ", ")
}

// list calls read for each item of n.
func (r *reader) list(n *yaml.Node, path string, read field) {
	n, ok := r.resolve(n, path)
	if !ok || isNull(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		r.refuse(pos(n), "type", path, "a list is wanted here", "put - or [ ] around it")
		return
	}
	for i, v := range n.Content {
		read(v, fmt.Sprintf("%s[%d]", path, i))
	}
}

func (r *reader) texts(n *yaml.Node, path string) (out []string) {
	r.list(n, path, func(v *yaml.Node, path string) { out = append(out, r.text(v, path)) })
	return out
}

func (r *reader) stages(n *yaml.Node, path string) (out []Stage) {
	r.list(n, path, func(v *yaml.Node, path string) {
		s := Stage(r.text(v, path))
		if !slices.Contains(stages[:], s) {
			r.refuse(pos(v), "stage", path, fmt.Sprintf("%q is no stage", s), "stages are RequestReceived, ResponseStarted, ResponseComplete and Panic")
		}
		out = append(out, s)
	})
	return out
}

// truths are the words for truth values in YAML 1.1, which the API server
// reads, beside true and false.
var truths = map[string]bool{
	"y": true, "Y": true, "n": false, "N": false,
	"yes": true, "Yes": true, "YES": true, "on": true, "On": true, "ON": true,
	"no": false, "No": false, "NO": false, "off": false, "Off": false, "OFF": false,
	"true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false,
}

// text reads a text. Numbers and truth values are none: the API server's
// decoder refuses them.
func (r *reader) text(n *yaml.Node, path string) string {
	n, ok := r.resolve(n, path)
	if !ok || isNull(n) {
		return ""
	}
	_, truth := truths[n.Value]
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" && n.Tag != "!!timestamp" && n.Tag != "!!binary" || truth && n.Style == 0 {
		r.refuse(pos(n), "type", path, "a text is wanted here", "put it in quotes")
		return ""
	}
	return n.Value
}

func (r *reader) boolean(n *yaml.Node, path string) bool {
	n, ok := r.resolve(n, path)
	if !ok || isNull(n) {
		return false
	}
	if v, ok := truths[n.Value]; ok && n.Kind == yaml.ScalarNode && n.Style == 0 {
		return v
	}
	r.refuse(pos(n), "type", path, "true or false is wanted here", "")
	return false
}
