package sigma

import (
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// linker resolves what documents say of one another, once all are read.
type linker struct {
	docs   []*document
	byName map[string]*document // ids and names, of rules and correlations
	state  map[*document]linkState
}

type linkState uint8

const (
	linkNew linkState = iota
	linkBusy
	linkDone
)

// link applies filters and resolves correlations.
func link(docs []*document) {
	l := &linker{docs: docs, byName: map[string]*document{}, state: map[*document]linkState{}}
	l.index()
	for _, d := range docs {
		if d.filter != nil && !d.failed() {
			l.applyFilter(d)
		}
	}
	for _, d := range docs {
		l.linkCorrelation(d)
	}
	l.silence()
}

// index finds documents by id and name. Where two sound ones claim the same,
// the later is broken.
func (l *linker) index() {
	for _, d := range l.docs {
		if d.rule == nil {
			continue
		}
		for _, key := range [...]struct{ feature, name string }{{"id", d.rule.ID}, {"name", d.rule.Name}} {
			if key.name == "" {
				continue
			}
			other := l.byName[key.name]
			switch {
			case other == nil || (!other.usable() && d.usable()):
				l.byName[key.name] = d
			case other != d && other.usable() && d.usable():
				_, at := member(d.root, key.feature)
				if at == nil {
					at = d.root
				}
				d.errorAt(pos(at), key.feature, "every rule needs its own", "%s is %q of %s too", key.name, other.rule.Title, other.rule.Source)
			}
		}
	}
}

// usable reports whether the document has no problem so far.
func (d *document) usable() bool { return len(d.errs) == 0 && len(d.unsupported) == 0 }

// linkCorrelation resolves the references of one correlation, those it refers
// to first.
func (l *linker) linkCorrelation(d *document) {
	if d.correlation == nil || l.state[d] != linkNew {
		return
	}
	l.state[d] = linkBusy
	defer func() { l.state[d] = linkDone }()
	co := d.rule.Correlation
	for _, ref := range d.correlation.rules {
		t := l.lookup(d, ref)
		if t == nil {
			continue
		}
		co.Rules = append(co.Rules, t.rule.ID)
	}
	if d.failed() || len(co.Rules) != len(d.correlation.rules) {
		return
	}
	l.linkLevel(d)
	l.linkCondition(d)
	l.linkAliases(d)
	l.linkFields(d)
	l.linkBlock(d)
}

// lookup finds the document that a correlation refers to. It is nil after a
// problem.
func (l *linker) lookup(d *document, ref reference) *document {
	t := l.byName[ref.name]
	if t == nil {
		d.unsupportedAt(ref.at, "rules", "load the rule together with the correlation", "no loaded rule has the id or name %q", ref.name)
		return nil
	}
	if l.state[t] == linkBusy {
		d.errorAt(ref.at, "rules", "", "the correlation refers to itself by way of %q", t.rule.Title)
		return nil
	}
	l.linkCorrelation(t)
	switch {
	case t.failed():
		d.unsupportedAt(ref.at, "rules", "", "rule %q is broken", t.rule.Title)
	case !t.usable():
		d.unsupportedAt(ref.at, "rules", "", "rule %q is not supported", t.rule.Title)
	default:
		return t
	}
	return nil
}

// referred returns the document among those that a correlation lists by name
// or id.
func (l *linker) referred(d *document, name string) *document {
	for _, ref := range d.correlation.rules {
		if t := l.byName[ref.name]; t != nil && (t.rule.ID == name || t.rule.Name == name) {
			return t
		}
	}
	return nil
}

// linkLevel gives a correlation without a level the highest of those it joins.
func (l *linker) linkLevel(d *document) {
	if key, _ := member(d.root, "level"); key != nil {
		return
	}
	d.rule.Severity = rule.Informational
	for _, ref := range d.correlation.rules {
		d.rule.Severity = max(d.rule.Severity, l.byName[ref.name].rule.Severity)
	}
}

// linkCondition compiles the extended condition of a temporal correlation.
func (l *linker) linkCondition(d *document) {
	v := d.correlation.condition
	if v == nil {
		return
	}
	var written []string
	for _, ref := range d.correlation.rules {
		t := l.byName[ref.name]
		written = append(written, t.rule.ID)
		if t.rule.Name != "" {
			written = append(written, t.rule.Name)
		}
	}
	leaf := func(name string, offset int) expr.Node {
		return &expr.Pred{At: inside(v, offset), Op: expr.OpExists, Name: l.referred(d, name).rule.ID}
	}
	n, err := parseCondition(v.Value, written, leaf, func(offset int) expr.Pos { return inside(v, offset) })
	if err != nil {
		d.fault(inside(v, err.offset), "condition", err.advice, err.err)
		return
	}
	d.rule.Correlation.Condition = n
}

func (l *linker) linkAliases(d *document) {
	co := d.rule.Correlation
	for _, a := range d.correlation.aliases {
		fields := map[string]string{}
		for i, ref := range a.rules {
			t := l.referred(d, ref.name)
			if t == nil {
				d.errorAt(ref.at, "aliases", "", "%q is none of the rules that the correlation joins", ref.name)
				continue
			}
			fields[t.rule.ID] = a.field[i]
			l.checkField(d, t, reference{a.field[i], ref.at})
		}
		if co.Aliases == nil {
			co.Aliases = map[string]map[string]string{}
		}
		co.Aliases[a.name] = fields
	}
}

// linkFields checks that the fields of group-by and of the condition have a
// meaning in every rule they are read from.
func (l *linker) linkFields(d *document) {
	co := d.rule.Correlation
	for _, refs := range [][]reference{d.correlation.groupBy, d.correlation.fields} {
		for _, ref := range refs {
			for _, r := range d.correlation.rules {
				t := l.byName[r.name]
				fields, isAlias := co.Aliases[ref.name]
				if !isAlias {
					l.checkField(d, t, ref)
				} else if fields[t.rule.ID] == "" {
					d.errorAt(ref.at, "aliases", "", "alias %q has no field for rule %q", ref.name, t.rule.Title)
				}
			}
		}
	}
}

// checkField checks that a field has a meaning in a rule, or in every rule
// that a correlation joins.
func (l *linker) checkField(d, t *document, ref reference) {
	if r := l.without(t, ref.name); r != nil {
		d.unsupportedAt(ref.at, "field "+ref.name, "", "rule %q reads %s, which has no field of this name", r.Title, names(r))
	}
}

// without returns the rule in which a name has no meaning, nil when it has one
// everywhere. A correlation's aliases are names, too.
func (l *linker) without(t *document, name string) *rule.Rule {
	if t.correlation == nil {
		if _, ok := t.rule.Resolve(name); !ok {
			return t.rule
		}
		return nil
	}
	fields := t.rule.Correlation.Aliases[name]
	for _, ref := range t.correlation.rules {
		inner := l.byName[ref.name]
		field := name
		if fields != nil {
			field = fields[inner.rule.ID]
		}
		if r := l.without(inner, field); r != nil {
			return r
		}
	}
	return nil
}

// bases returns the rules whose events end up in a rule or correlation.
func (l *linker) bases(d *document) []*rule.Rule {
	seen := map[*document]bool{}
	var out []*rule.Rule
	var walk func(*document)
	walk = func(d *document) {
		if d == nil || seen[d] {
			return
		}
		seen[d] = true
		if d.correlation == nil {
			out = append(out, d.rule)
			return
		}
		for _, ref := range d.correlation.rules {
			walk(l.byName[ref.name])
		}
	}
	walk(d)
	return out
}

// silence makes the rules that sound correlations join silent, unless one of
// these says generate.
func (l *linker) silence() {
	joined, loud := map[*rule.Rule]bool{}, map[*rule.Rule]bool{}
	for _, d := range l.docs {
		if d.correlation == nil || !d.usable() {
			continue
		}
		for _, ref := range d.correlation.rules {
			t := l.byName[ref.name].rule
			joined[t] = true
			loud[t] = loud[t] || d.rule.Correlation.Generate
		}
	}
	for t := range joined {
		t.Silent = t.Silent || !loud[t]
	}
}
