package sigma

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// readBlock reads the lynceus block of a rule. That of a correlation is read
// by the linker, once it is known which rules' fields it can name.
func (d *document) readBlock() {
	key, v := member(d.root, "lynceus")
	switch {
	case key == nil:
	case d.filter != nil:
		d.errorAt(pos(key), "lynceus", "", "a filter has no such block")
	case d.correlation == nil && d.rule != nil:
		b := &blockReader{d: d, resolve: func(name string) bool {
			_, ok := event.Resolve(d.rule.Table, name)
			return ok || d.rule.Table == event.ClassNone
		}, tables: []event.Class{d.rule.Table}}
		b.read(v)
	}
}

// linkBlock reads the lynceus block of a correlation. A field means something
// there when it does in every rule that is joined.
func (l *linker) linkBlock(d *document) {
	key, v := member(d.root, "lynceus")
	if key == nil {
		return
	}
	bases := l.bases(d)
	b := &blockReader{d: d, resolve: func(name string) bool {
		for _, base := range bases {
			if _, ok := event.Resolve(base.Table, name); !ok && base.Table != event.ClassNone {
				return false
			}
		}
		return true
	}}
	for _, base := range bases {
		if !slices.Contains(b.tables, base.Table) {
			b.tables = append(b.tables, base.Table)
		}
	}
	b.read(v)
	for _, name := range []string{"actor", "target"} {
		if key, _ := member(v, name); key != nil {
			d.errorAt(pos(key), "lynceus."+name, "add it to group-by", "the findings of a correlation are told apart by its group-by")
		}
	}
	_, absent := member(v, "absent")
	if absent == nil || d.failed() {
		return
	}
	co := d.rule.Correlation
	for _, item := range items(absent) {
		t := l.referred(d, item.Value)
		if t == nil {
			d.errorAt(pos(item), "lynceus.absent", "", "%q is none of the rules that the correlation joins", item.Value)
			continue
		}
		co.Absent = append(co.Absent, t.rule.ID)
	}
	if len(co.Absent) == len(co.Rules) {
		d.errorAt(pos(absent), "lynceus.absent", "", "nothing is left that must have happened")
	}
	if co.Type != rule.Temporal && co.Type != rule.TemporalOrdered {
		d.errorAt(pos(absent), "lynceus.absent", "", "it belongs to temporal correlations")
	}
}

// blockReader turns a lynceus block into an extension.
type blockReader struct {
	d       *document
	resolve func(field string) bool // in the tables of the rule
	tables  []event.Class           // that the rule, or those it joins, read
}

func (b *blockReader) read(v *yaml.Node) {
	d := b.d
	if !d.validateBlock(v) {
		return
	}
	if _, absent := member(v, "absent"); absent != nil && d.correlation == nil {
		d.errorAt(pos(absent), "lynceus.absent", "", "it belongs to correlations")
	}
	x := &rule.Extension{Risk: b.text(v, "risk"), Runbook: d.texts(v, "runbook")}
	d.rule.Ext = x
	x.Actor, x.Target = b.fields(v, "actor"), b.fields(v, "target")
	x.Window = b.span(v, "window")
	_, silent := member(v, "silent")
	d.rule.Silent = silent != nil && scalarText(silent) == "true"
	_, novel := member(v, "new")
	x.New = b.novelty(novel)
	if _, list := member(v, "severity"); list != nil {
		for _, item := range items(list) {
			x.Severity = append(x.Severity, b.adjustment(item))
		}
	}
	b.tests(v, x)
}

func (b *blockReader) text(m *yaml.Node, name string) string {
	if _, v := member(m, name); v != nil {
		return v.Value
	}
	return ""
}

// span reads a time span that has passed the schema.
func (b *blockReader) span(m *yaml.Node, name string) time.Duration {
	_, v := member(m, name)
	if v == nil {
		return 0
	}
	span, err := parseTimespan(v.Value)
	if err != nil {
		b.d.errorAt(pos(v), "lynceus."+name, "", "%v", err)
	}
	return span
}

// fields reads a list of Lynceus' field names.
func (b *blockReader) fields(m *yaml.Node, name string) []event.Ref {
	_, v := member(m, name)
	if v == nil {
		return nil
	}
	var out []event.Ref
	for _, item := range items(v) {
		ref, known := resolveAnywhere(item.Value)
		if !known || !b.resolve(item.Value) {
			b.d.errorAt(pos(item), "lynceus."+name, b.d.fieldAdvice(item.Value), "no field of the rule's table is called %q", item.Value)
			continue
		}
		out = append(out, ref)
	}
	return out
}

// resolveAnywhere returns what a Lynceus name means in whatever table has it.
func resolveAnywhere(name string) (event.Ref, bool) {
	for _, c := range event.Classes() {
		if ref, ok := event.Resolve(c, name); ok {
			return ref, true
		}
	}
	return event.Ref{}, false
}

func (b *blockReader) novelty(v *yaml.Node) *rule.Novelty {
	if v == nil {
		return nil
	}
	return &rule.Novelty{Key: b.fields(v, "key"), Within: b.fields(v, "within"), MinHistory: b.span(v, "min_history")}
}

func (b *blockReader) adjustment(v *yaml.Node) rule.Adjust {
	a := rule.Adjust{At: pos(v), Why: b.text(v, "why")}
	if _, c := member(v, "if"); c != nil {
		if b.d.selections == nil {
			b.d.errorAt(pos(c), "lynceus.severity", "put the condition into the rules it joins", "a correlation has no single event to judge")
			return a
		}
		a.If = b.d.conditionText(c, c.Value, b.d.selections)
	}
	_, novel := member(v, "novel")
	a.Novel = b.novelty(novel)
	if _, set := member(v, "set"); set != nil {
		a.Set, _ = rule.ParseSeverity(set.Value)
	}
	if _, raise := member(v, "raise"); raise != nil {
		a.Raise = int(b.d.number(raise))
	}
	return a
}
