package sigma

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// pendingCorrelation keeps what a correlation refers to until all documents
// are known.
type pendingCorrelation struct {
	rules     []reference
	aliases   []alias
	groupBy   []reference
	fields    []reference
	condition *yaml.Node // the extended condition of a temporal correlation
}

// reference is a name and where it is written.
type reference struct {
	name string
	at   expr.Pos
}

// alias is a name for the fields that mean the same in different rules.
type alias struct {
	name  string
	at    expr.Pos
	rules []reference
	field []string
}

// correlationTypes are those of specification 2.1.0, and the median, which it
// mentions.
var correlationTypes = []string{
	string(rule.EventCount), string(rule.ValueCount), string(rule.Temporal), string(rule.TemporalOrdered),
	string(rule.ValueSum), string(rule.ValueAvg), string(rule.ValuePercentile), string(rule.ValueMedian),
}

// correlationMembers are the members of a correlation.
var correlationMembers = []string{"type", "rules", "group-by", "timespan", "aliases", "condition", "generate"}

// compileCorrelation reads a correlation. What it refers to is looked up by
// the linker.
func (d *document) compileCorrelation() {
	d.readHeader()
	d.checkUsable()
	_, body := member(d.root, "correlation")
	if body.Kind != yaml.MappingNode {
		d.errorAt(pos(body), "correlation", "", "it must be a map, not %s", describe(body))
		return
	}
	co := &rule.Correlation{At: pos(body)}
	d.rule.Correlation = co
	d.correlation = &pendingCorrelation{}
	pairs(body, func(key, v *yaml.Node) {
		if !slices.Contains(correlationMembers, key.Value) {
			d.errorAt(pos(key), "correlation", rule.DidYouMean(key.Value, correlationMembers), "%q is no member of it", key.Value)
		}
	})
	d.readCorrelationType(body, co)
	d.correlation.rules = d.references(body, "rules")
	if len(d.correlation.rules) == 0 && !d.failed() {
		d.errorAt(pos(body), "correlation", "", "rules is missing")
	}
	d.correlation.groupBy = d.references(body, "group-by")
	for _, g := range d.correlation.groupBy {
		co.GroupBy = append(co.GroupBy, g.name)
	}
	d.readAliases(body)
	d.readTimespan(body, co)
	d.readCorrelationCondition(body, co)
	d.readGenerate(body, co)
}

func (d *document) readCorrelationType(body *yaml.Node, co *rule.Correlation) {
	_, v := member(body, "type")
	switch {
	case v == nil:
		d.errorAt(pos(body), "correlation", "", "type is missing")
	case !slices.Contains(correlationTypes, v.Value):
		d.errorAt(pos(v), "correlation type", rule.DidYouMean(v.Value, correlationTypes), "%s is none of %s", describe(v), strings.Join(correlationTypes, ", "))
	default:
		co.Type = rule.CorrelationType(v.Value)
	}
}

// references reads a list of names.
func (d *document) references(m *yaml.Node, name string) []reference {
	_, v := member(m, name)
	if v == nil || isNull(v) {
		return nil
	}
	var out []reference
	for _, item := range items(v) {
		if item.Kind != yaml.ScalarNode || item.Value == "" {
			d.errorAt(pos(item), name, "", "it must hold names, not %s", describe(item))
			continue
		}
		for _, other := range out {
			if other.name == item.Value {
				d.errorAt(pos(item), name, "", "%q is listed twice", item.Value)
			}
		}
		out = append(out, reference{item.Value, pos(item)})
	}
	return out
}

func (d *document) readAliases(body *yaml.Node) {
	_, v := member(body, "aliases")
	if v == nil || isNull(v) {
		return
	}
	if v.Kind != yaml.MappingNode {
		d.errorAt(pos(v), "aliases", "", "it must be a map, not %s", describe(v))
		return
	}
	pairs(v, func(key, of *yaml.Node) {
		a := alias{name: key.Value, at: pos(key)}
		if of.Kind != yaml.MappingNode {
			d.errorAt(pos(of), "aliases", "write RULE: FIELD", "the alias must be a map, not %s", describe(of))
			return
		}
		pairs(of, func(ruleName, field *yaml.Node) {
			if field.Kind != yaml.ScalarNode || field.Value == "" {
				d.errorAt(pos(field), "aliases", "", "a field's name is missing")
				return
			}
			a.rules = append(a.rules, reference{ruleName.Value, pos(ruleName)})
			a.field = append(a.field, field.Value)
		})
		d.correlation.aliases = append(d.correlation.aliases, a)
	})
}

func (d *document) readTimespan(body *yaml.Node, co *rule.Correlation) {
	_, v := member(body, "timespan")
	if v == nil {
		d.errorAt(pos(body), "correlation", "", "timespan is missing")
		return
	}
	span, err := time.Duration(0), error(nil)
	if span, err = parseTimespan(v.Value); err != nil {
		d.errorAt(pos(v), "timespan", "", "%v", err)
	} else if span == 0 {
		d.errorAt(pos(v), "timespan", "", "it must be longer than nothing")
	}
	co.Timespan = span
}

func (d *document) readGenerate(body *yaml.Node, co *rule.Correlation) {
	// The schema has generate beside the correlation, the tools inside it.
	for _, m := range []*yaml.Node{body, d.root} {
		_, v := member(m, "generate")
		if v == nil {
			continue
		}
		var b bool
		if v.Tag != "!!bool" || v.Decode(&b) != nil {
			d.errorAt(pos(v), "generate", "", "%s is neither true nor false", describe(v))
		}
		co.Generate = co.Generate || b
	}
}

// correlationOps are the comparisons of a correlation's condition.
var correlationOps = map[string]rule.Comparison{
	"gt": {Op: expr.OpGt}, "gte": {Op: expr.OpGe}, "lt": {Op: expr.OpLt}, "lte": {Op: expr.OpLe},
	"eq": {Op: expr.OpEq}, "neq": {Op: expr.OpEq, Neq: true},
}

// readCorrelationCondition reads what must hold of the number that a
// correlation computes, or the extended condition of a temporal one.
func (d *document) readCorrelationCondition(body *yaml.Node, co *rule.Correlation) {
	temporal := co.Type == rule.Temporal || co.Type == rule.TemporalOrdered
	_, v := member(body, "condition")
	switch {
	case v == nil || isNull(v):
		if !temporal && co.Type != "" {
			d.errorAt(pos(body), "correlation", "", "condition is missing")
		}
		return
	case v.Kind == yaml.ScalarNode && temporal:
		d.correlation.condition = v
		return
	case v.Kind != yaml.MappingNode:
		d.errorAt(pos(v), "condition", "", "it must be a map such as {gte: 10}, not %s", describe(v))
		return
	}
	percentile := false
	pairs(v, func(key, n *yaml.Node) {
		comparison, compares := correlationOps[key.Value]
		switch {
		case compares:
			comparison.Value = d.number(n)
			co.Conditions = append(co.Conditions, comparison)
		case key.Value == "field":
			d.correlation.fields = d.references(v, "field")
		case key.Value == "percentile":
			percentile = true
			if co.Percentile = d.number(n); co.Percentile < 0 || co.Percentile > 100 {
				d.errorAt(pos(n), "percentile", "", "%s is not between 0 and 100", n.Value)
			}
		default:
			d.errorAt(pos(key), "condition", rule.DidYouMean(key.Value, []string{"field", "percentile"}), "%q is no member of it", key.Value)
		}
	})
	for _, f := range d.correlation.fields {
		co.Field = append(co.Field, f.name)
	}
	d.checkCorrelationCondition(v, co, temporal, percentile)
}

func (d *document) checkCorrelationCondition(v *yaml.Node, co *rule.Correlation, temporal, percentile bool) {
	counts := co.Type == rule.EventCount || temporal
	switch {
	case co.Type == "":
	case len(co.Conditions) == 0:
		d.errorAt(pos(v), "condition", "compare with gt, gte, lt, lte, eq or neq", "it compares with nothing")
	case counts && len(co.Field) > 0:
		d.errorAt(pos(v), "condition", "", "%s counts no field", co.Type)
	case !counts && len(co.Field) == 0:
		d.errorAt(pos(v), "condition", "", "%s needs a field", co.Type)
	case !counts && co.Type != rule.ValueCount && len(co.Field) > 1:
		d.errorAt(pos(v), "condition", "", "%s computes on one field", co.Type)
	case percentile && co.Type != rule.ValuePercentile:
		d.errorAt(pos(v), "condition", "", "percentile belongs to value_percentile")
	case !percentile && co.Type == rule.ValuePercentile:
		d.unsupportedAt(pos(v), "value_percentile", "say which one: percentile: 95", "the specification does not say which percentile is meant where none is given")
	}
}

// number reads a number that is not part of an event.
func (d *document) number(n *yaml.Node) float64 {
	f, err := strconv.ParseFloat(scalarText(n), 64)
	if n.Kind != yaml.ScalarNode || err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		d.errorAt(pos(n), "number", "", "%s is no number", describe(n))
		return 0
	}
	return f
}
