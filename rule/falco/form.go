package falco

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/rule"
)

// form reads the members of one item, or of one part of it. What is wrong
// with one makes bad true.
type form struct {
	*loader
	node *yaml.Node
	kind string // of the item: rule, macro, list, exception
	name string // of the item, once it is known
	bad  bool
}

// problem makes a problem of the item.
func (f *form) problem(at place, code, feature, advice, format string, args ...any) *rule.Problem {
	p := at.problem(code, feature, advice, fmt.Sprintf(format, args...))
	p.Kind, p.Title = f.kind, f.name
	return p
}

func (f *form) failAt(n *yaml.Node, code, feature, advice, format string, args ...any) {
	f.bad = true
	f.fail(f.problem(f.file.at(n), code, feature, advice, format, args...))
}

func (f *form) warnAt(n *yaml.Node, code, feature, advice, format string, args ...any) {
	f.warn(f.problem(f.file.at(n), code, feature, advice, format, args...))
}

// scalar returns the node of a member that must be there and be text; nil,
// with an error told, where it is not.
func (f *form) scalar(key string) *yaml.Node {
	v := member(f.node, key)
	switch {
	case v == nil:
		f.failAt(f.node, codeForm, key, "", "it is missing")
	case isNull(v), v.Kind == yaml.ScalarNode && v.Value == "":
		f.failAt(v, codeForm, key, "", "it is empty")
	case v.Kind != yaml.ScalarNode:
		f.failAt(v, codeForm, key, "", "it must be text, not %s", describe(v))
	default:
		return v
	}
	return nil
}

// text returns a member that must be there.
func (f *form) text(key string) string {
	if v := f.scalar(key); v != nil {
		return v.Value
	}
	return ""
}

// longText returns a member that must be there, with its place.
func (f *form) longText(key string) text {
	if v := f.scalar(key); v != nil {
		return newText(f.file, v)
	}
	return text{}
}

// flag returns a member that is true or false, or what holds where it is not
// given.
func (f *form) flag(key string, otherwise bool) bool {
	if member(f.node, key) == nil {
		return otherwise
	}
	v := f.scalar(key)
	if v == nil {
		return otherwise
	}
	switch strings.ToLower(v.Value) {
	case "true", "yes", "on", "y":
		return true
	case "false", "no", "off", "n":
		return false
	}
	f.failAt(v, codeForm, key, "write true or false", "%q is neither true nor false", v.Value)
	return otherwise
}

// texts returns a member that is a list of texts; nil where it is not given.
func (f *form) texts(key string, needed bool) []string {
	v := member(f.node, key)
	switch {
	case v == nil && needed:
		f.failAt(f.node, codeForm, key, "", "it is missing")
		return nil
	case v == nil:
		return nil
	case v.Kind != yaml.SequenceNode:
		f.failAt(v, codeForm, key, "write ["+v.Value+"]", "it must be a list, not %s", describe(v))
		return nil
	}
	out := []string{}
	for _, n := range v.Content {
		if n = resolved(n); n.Kind != yaml.ScalarNode {
			f.failAt(n, codeForm, key, "", "it must hold texts, not %s", describe(n))
			continue
		}
		out = append(out, n.Value)
	}
	return out
}

// unknownKeys warns of members that mean nothing there.
func (f *form) unknownKeys(known ...string) {
	for i := 0; i+1 < len(f.node.Content); i += 2 {
		if key := f.node.Content[i]; !slices.Contains(known, key.Value) {
			f.warnAt(key, codeUnknownKey, f.kind, rule.DidYouMean(key.Value, known), "the key %q means nothing here; it is left out", key.Value)
		}
	}
}

// overrides are the members that an item says to append to those of an
// earlier item, or to put in their place.
type overrides struct{ appends, replaces []string }

func (o overrides) any() bool { return len(o.appends)+len(o.replaces) > 0 }

// overrides reads the member override.
func (f *form) overrides(appendable, replaceable []string) overrides {
	var out overrides
	v := member(f.node, "override")
	if v == nil || v.Kind != yaml.MappingNode {
		if v != nil {
			f.failAt(v, codeForm, "override", "write condition: append, or condition: replace", "it must be a map, not %s", describe(v))
		}
		return out
	}
	for i := 0; i+1 < len(v.Content); i += 2 {
		key, how := v.Content[i], resolved(v.Content[i+1])
		switch {
		case how.Value == "append" && slices.Contains(appendable, key.Value):
			out.appends = append(out.appends, key.Value)
		case how.Value == "replace" && slices.Contains(replaceable, key.Value):
			out.replaces = append(out.replaces, key.Value)
		case how.Value == "append":
			f.failAt(key, codeForm, "override", "use replace", "%s cannot be appended to", key.Value)
		case how.Value == "replace":
			f.failAt(key, codeForm, "override", "", "%s cannot be replaced", key.Value)
		default:
			f.failAt(how, codeForm, "override", "write append or replace", "%q is no way of overriding %s", how.Value, key.Value)
		}
	}
	return out
}

// appendFlag reads the older way of appending to an earlier item.
func (f *form) appendFlag(o overrides) bool {
	if !f.flag("append", false) {
		return false
	}
	v := member(f.node, "append")
	if o.any() {
		f.failAt(v, codeForm, "append", "leave append out", "append and override contradict each other")
		return false
	}
	f.warnAt(v, codeDeprecated, "append", "write override: {...: append}", "this way of appending will go away")
	return true
}
