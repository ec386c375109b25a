package falco

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// exceptions reads the member of that name. Those that are appended need no
// fields where an earlier one of the same name has them.
func (f *form) exceptions(appended bool) []*exception {
	v := member(f.node, "exceptions")
	if v == nil || isNull(v) {
		return nil
	}
	if v.Kind != yaml.SequenceNode {
		f.failAt(v, codeForm, "exceptions", "", "it must be a list, not %s", describe(v))
		return nil
	}
	var out []*exception
	for _, n := range v.Content {
		x := f.exception(resolved(n), appended)
		if x == nil {
			continue
		}
		if slices.ContainsFunc(out, func(o *exception) bool { return o.name == x.name }) {
			p := x.place.problem(codeTwice, "name", "", "two exceptions of one rule have this name; both hold, values can be appended to the first only")
			p.Kind, p.Title = "exception", x.name
			f.warn(p)
		}
		out = append(out, x)
	}
	return out
}

func (f *form) exception(n *yaml.Node, appended bool) *exception {
	part := &form{loader: f.loader, node: n, kind: "exception"}
	defer func() { f.bad = f.bad || part.bad }()
	if n.Kind != yaml.MappingNode {
		part.failAt(n, codeForm, "exceptions", "write name, fields, comps and values", "it must be a map, not %s", describe(n))
		return nil
	}
	if part.name = part.text("name"); part.bad {
		return nil
	}
	part.unknownKeys("name", "fields", "comps", "values")
	x := &exception{name: part.name, place: f.file.at(n)}
	if v := member(n, "fields"); v != nil {
		x.fields = part.entry(v, "fields")
	} else if !appended {
		part.failAt(n, codeForm, "fields", "say which fields it compares", "it is missing")
	}
	if v := member(n, "comps"); v != nil {
		x.comps = part.entry(v, "comps")
	}
	switch v := member(n, "values"); {
	case v == nil && appended:
		part.warnAt(n, codeNoValues, "values", "", "an exception is appended without values")
	case v == nil:
	case v.Kind != yaml.SequenceNode:
		part.failAt(v, codeForm, "values", "", "it must be a list, not %s", describe(v))
	default:
		for _, n := range v.Content {
			x.values = append(x.values, part.entry(resolved(n), "values"))
		}
	}
	return x
}

// entry reads a text or a list of entries.
func (f *form) entry(n *yaml.Node, key string) entry {
	e := entry{place: f.file.at(n)}
	switch {
	case n.Kind == yaml.SequenceNode:
		e.isList = true
		for _, c := range n.Content {
			e.list = append(e.list, f.entry(resolved(c), key))
		}
	case n.Kind == yaml.ScalarNode && n.Value != "":
		e.text = n.Value
	default:
		f.failAt(n, codeForm, key, "", "it must hold texts, not %s", describe(n))
	}
	return e
}

// failException tells of an error in an exception.
func (f *form) failException(x *exception, code, feature, reason string) {
	p := x.place.problem(code, feature, "", reason)
	p.Kind, p.Title = "exception", x.name
	f.bad = true
	f.fail(p)
}

// appendException adds values to an earlier exception of a rule, or adds a new
// one.
func (f *form) appendException(r *item, x *exception) {
	i := slices.IndexFunc(r.exceptions, func(o *exception) bool { return o.name == x.name })
	switch {
	case i < 0 && !x.fields.given():
		f.failException(x, codeItem, "fields", "the rule has no exception of this name, and a new one needs fields")
	case i < 0 && len(x.values) == 0:
		f.failException(x, codeItem, "values", "the rule has no exception of this name, and a new one needs values")
	case i < 0:
		f.checkException(x, r.unknown)
		r.exceptions = append(r.exceptions, x)
	case x.fields.given() || x.comps.given():
		f.failException(x, codeItem, "fields", "the rule has an exception of this name: only values can be appended to it")
	default:
		r.exceptions[i].values = append(r.exceptions[i].values, x.values...)
	}
}

// checkException fills in the operators that are not given and checks that
// fields and operators fit together.
func (f *form) checkException(x *exception, anyField bool) {
	if !x.fields.isList {
		if !x.comps.given() {
			x.comps.text = string(opIn)
		}
		if x.comps.isList || !operator(x.comps.text).ofList() {
			f.failException(x, codeItem, "comps", "with one field, comps is one of in, pmatch, intersects")
			return
		}
		f.checkField(x, x.fields, anyField)
		return
	}
	if !x.comps.given() {
		x.comps = entry{place: x.fields.place, isList: true}
		for range x.fields.list {
			x.comps.list = append(x.comps.list, entry{text: string(opEqual)})
		}
	}
	if len(x.fields.list) != len(x.comps.list) {
		f.failException(x, codeItem, "comps", "fields and comps have not the same number of members")
		return
	}
	for _, c := range x.comps.list {
		if !isOperator(c.text) {
			f.failException(x, codeItem, "comps", "'"+c.text+"' is no operator")
		}
	}
	for _, field := range x.fields.list {
		f.checkField(x, field, anyField)
	}
}

// checkField refuses fields that nobody knows.
func (f *form) checkField(x *exception, field entry, anyField bool) {
	l := lexer{text: field.text}
	name, _ := l.name()
	if field.isList || name == "" || !anyField && !knownField(name) {
		f.failException(x, codeItem, "fields", "'"+field.text+"' is no field")
	}
}
