package sigma

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

const baseRules = `
title: Base A
id: id-a
name: base_a
logsource: {product: kubernetes, service: audit}
detection: {s: {verb: get}, condition: s}
---
title: Base B
id: id-b
name: base_b
logsource: {product: linux, category: network_connection}
detection: {s: {DestinationPort: 1}, condition: s}
---
`

func TestCorrelation(t *testing.T) {
	hour := time.Hour
	for _, c := range []struct {
		name, in string
		want     rule.Correlation
	}{
		{"event count", "{type: event_count, rules: [base_a], group-by: [user.username], timespan: 1h, condition: {gte: 100}}",
			rule.Correlation{Type: rule.EventCount, Rules: []string{"id-a"}, GroupBy: []string{"user.username"}, Timespan: hour, Conditions: []rule.Comparison{{Op: expr.OpGe, Value: 100}}}},
		{"range", "{type: event_count, rules: base_a, timespan: 90m, condition: {gt: 100, lte: 200}}",
			rule.Correlation{Type: rule.EventCount, Rules: []string{"id-a"}, Timespan: 90 * time.Minute, Conditions: []rule.Comparison{{Op: expr.OpGt, Value: 100}, {Op: expr.OpLe, Value: 200}}}},
		{"neq, eq, lt", "{type: event_count, rules: [id-a, base_b], timespan: 1d, condition: {neq: 1, eq: 2.5, lt: 3}}",
			rule.Correlation{Type: rule.EventCount, Rules: []string{"id-a", "id-b"}, Timespan: 24 * hour, Conditions: []rule.Comparison{{Op: expr.OpEq, Neq: true, Value: 1}, {Op: expr.OpEq, Value: 2.5}, {Op: expr.OpLt, Value: 3}}}},
		{"value count", "{type: value_count, rules: [base_a], group-by: [verb], timespan: 1w, condition: {field: objectRef.name, gte: 3}}",
			rule.Correlation{Type: rule.ValueCount, Rules: []string{"id-a"}, GroupBy: []string{"verb"}, Timespan: 7 * 24 * hour, Field: []string{"objectRef.name"}, Conditions: []rule.Comparison{{Op: expr.OpGe, Value: 3}}}},
		{"value count of two", "{type: value_count, rules: [base_a], timespan: 1h, condition: {field: [objectRef.name, verb], gte: 3}}",
			rule.Correlation{Type: rule.ValueCount, Rules: []string{"id-a"}, Timespan: hour, Field: []string{"objectRef.name", "verb"}, Conditions: []rule.Comparison{{Op: expr.OpGe, Value: 3}}}},
		{"sum", "{type: value_sum, rules: [base_b], timespan: 1h, condition: {field: DestinationPort, gt: 1000000}}",
			rule.Correlation{Type: rule.ValueSum, Rules: []string{"id-b"}, Timespan: hour, Field: []string{"DestinationPort"}, Conditions: []rule.Comparison{{Op: expr.OpGt, Value: 1e6}}}},
		{"average", "{type: value_avg, rules: [base_b], timespan: 1h, condition: {field: DestinationPort, gt: 1}}",
			rule.Correlation{Type: rule.ValueAvg, Rules: []string{"id-b"}, Timespan: hour, Field: []string{"DestinationPort"}, Conditions: []rule.Comparison{{Op: expr.OpGt, Value: 1}}}},
		{"median", "{type: value_median, rules: [base_b], timespan: 1h, condition: {field: DestinationPort, gt: 1}}",
			rule.Correlation{Type: rule.ValueMedian, Rules: []string{"id-b"}, Timespan: hour, Field: []string{"DestinationPort"}, Conditions: []rule.Comparison{{Op: expr.OpGt, Value: 1}}}},
		{"percentile", "{type: value_percentile, rules: [base_b], timespan: 1h, condition: {field: DestinationPort, percentile: 95, gt: 1}}",
			rule.Correlation{Type: rule.ValuePercentile, Rules: []string{"id-b"}, Timespan: hour, Field: []string{"DestinationPort"}, Percentile: 95, Conditions: []rule.Comparison{{Op: expr.OpGt, Value: 1}}}},
		{"temporal with aliases", "{type: temporal, rules: [base_a, base_b], group-by: [ip], timespan: 5m, generate: true, aliases: {ip: {base_a: src_endpoint.ip, id-b: SourceIp}}}",
			rule.Correlation{Type: rule.Temporal, Rules: []string{"id-a", "id-b"}, GroupBy: []string{"ip"}, Timespan: 5 * time.Minute, Generate: true,
				Aliases: map[string]map[string]string{"ip": {"id-a": "src_endpoint.ip", "id-b": "SourceIp"}}}},
		{"temporal, ordered", "{type: temporal_ordered, rules: [base_b, base_a], group-by: [src_endpoint.ip], timespan: 1M}",
			rule.Correlation{Type: rule.TemporalOrdered, Rules: []string{"id-b", "id-a"}, GroupBy: []string{"src_endpoint.ip"}, Timespan: 30 * 24 * hour}},
		{"temporal, how many", "{type: temporal, rules: [base_b, base_a], timespan: 1y, condition: {gte: 1}}",
			rule.Correlation{Type: rule.Temporal, Rules: []string{"id-b", "id-a"}, Timespan: 365 * 24 * hour, Conditions: []rule.Comparison{{Op: expr.OpGe, Value: 1}}}},
	} {
		r := byTitle(t, Parse(Options{}, "t.yml", baseRules+"title: c\ncorrelation: "+c.in+"\n"), "c")
		got := *r.Correlation
		got.At = expr.Pos{}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s\n   gave %+v\n   want %+v", c.name, got, c.want)
		}
	}
}

func TestExtendedCondition(t *testing.T) {
	r := byTitle(t, Parse(Options{}, "t.yml", baseRules+"title: c\ncorrelation: {type: temporal, rules: [base_a, id-b], timespan: 5m, condition: base_a and not id-b}\n"), "c")
	if got, want := expr.Print(r.Correlation.Condition), "id-a and not id-b"; got != want {
		t.Errorf("Condition = %s, want %s", got, want)
	}
}

func TestCorrelationProblems(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"x", `error 15:14 correlation: it must be a map, not "x"`},
		{"{rules: [base_a], timespan: 5m}", `error 15:14 correlation: type is missing`},
		{"{type: tempral, rules: [base_a], timespan: 5m}", `error 15:21 correlation type: "tempral" is none of event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile, value_median`},
		{"{type: temporal, timespan: 5m}", `error 15:14 correlation: rules is missing`},
		{"{type: temporal, rules: [base_a]}", `error 15:14 correlation: timespan is missing`},
		{"{type: temporal, rules: [base_a], timespan: 5}", `error 15:58 timespan: "5" is no time span: a whole number and one of s, m, h, d, w, M, y`},
		{"{type: temporal, rules: [base_a], timespan: 0s}", `error 15:58 timespan: it must be longer than nothing`},
		{"{type: temporal, rules: [base_a], timespan: 999999999y}", `error 15:58 timespan: "999999999y" is longer than 292 years`},
		{"{type: event_count, rules: [base_a], timespan: 5m}", `error 15:14 correlation: condition is missing`},
		{"{type: event_count, rules: [base_a], timespan: 5m, condition: base_a}", `error 15:76 condition: it must be a map such as {gte: 10}, not "base_a"`},
		{"{type: event_count, rules: [base_a], timespan: 5m, condition: {}}", `error 15:76 condition: it compares with nothing`},
		{"{type: event_count, rules: [base_a], timespan: 5m, condition: {gt: many}}", `error 15:81 number: "many" is no number`},
		{"{type: event_count, rules: [base_a], timespan: 5m, condition: {ge: 1}}", "error 15:77 condition: \"ge\" is no member of it\nerror 15:76 condition: it compares with nothing"},
		{"{type: event_count, rules: [base_a], timespan: 5m, condition: {gte: 1, field: verb}}", `error 15:76 condition: event_count counts no field`},
		{"{type: value_count, rules: [base_a], timespan: 5m, condition: {gte: 1}}", `error 15:76 condition: value_count needs a field`},
		{"{type: value_sum, rules: [base_a], timespan: 5m, condition: {gte: 1, field: [verb, stage]}}", `error 15:74 condition: value_sum computes on one field`},
		{"{type: value_percentile, rules: [base_a], timespan: 5m, condition: {gte: 1, field: verb}}", `unsupported 15:81 value_percentile: the specification does not say which percentile is meant where none is given`},
		{"{type: value_percentile, rules: [base_a], timespan: 5m, condition: {gte: 1, field: verb, percentile: 101}}", `error 15:115 percentile: 101 is not between 0 and 100`},
		{"{type: temporal, rules: [base_a], timespan: 5m, window: 1}", `error 15:62 correlation: "window" is no member of it`},
		{"{type: temporal, rules: [base_a, base_a], timespan: 5m}", `error 15:47 rules: "base_a" is listed twice`},
		{"{type: temporal, rules: [base_a, other], timespan: 5m}", `unsupported 15:47 rules: no loaded rule has the id or name "other"`},
		{"{type: temporal, rules: [c], timespan: 5m}", `error 15:39 rules: the correlation refers to itself by way of "c"`},
		{"{type: temporal, rules: [base_a], timespan: 5m, group-by: [nope]}", `unsupported 15:73 field nope: rule "Base A" reads table audit, which has no field of this name`},
		{"{type: temporal, rules: [base_a, base_b], timespan: 5m, group-by: [SourceIp]}", `unsupported 15:81 field SourceIp: rule "Base A" reads table audit, which has no field of this name`},
		{"{type: temporal, rules: [base_a, base_b], timespan: 5m, group-by: [ip], aliases: {ip: {base_a: verb}}}", `error 15:81 aliases: alias "ip" has no field for rule "Base B"`},
		{"{type: temporal, rules: [base_a], timespan: 5m, aliases: {ip: {base_b: verb}}}", `error 15:77 aliases: "base_b" is none of the rules that the correlation joins`},
		{"{type: temporal, rules: [base_a], timespan: 5m, aliases: {ip: verb}}", `error 15:76 aliases: the alias must be a map, not "verb"`},
		{"{type: temporal, rules: [base_a], timespan: 5m, condition: base_a and base_b}", `error 15:84 condition: nothing here is called "base_b"`},
		{"{type: temporal, rules: [base_a], timespan: 5m, generate: maybe}", `error 15:72 generate: "maybe" is neither true nor false`},
	} {
		in := baseRules + "title: c\ncorrelation: " + c.in + "\nname: c\n"
		if got := outcome(Parse(Options{}, "t.yml", in)); got != c.want {
			t.Errorf("%s\n   gave %s\n   want %s", c.in, got, c.want)
		}
	}
}

func TestChains(t *testing.T) {
	correlation := func(name, rules, more string) string {
		return fmt.Sprintf("---\ntitle: %s\nname: %s\nid: id-%s\ncorrelation: {type: temporal, rules: [%s], timespan: 5m%s}\n", name, name, name, rules, more)
	}
	for _, c := range []struct{ name, in, want string }{
		{"outer first", correlation("outer", "inner, base_b", "") + correlation("inner", "base_a", ""), "Base A silent, Base B silent, outer, inner silent"},
		{"generate", correlation("outer", "inner", ", generate: true") + correlation("inner", "base_a", ""), "Base A silent, Base B, outer, inner"},
		{"one is loud", correlation("x", "base_a", "") + correlation("y", "base_a", ", generate: true"), "Base A, Base B, x, y"},
		{"circle", correlation("x", "y", "") + correlation("y", "x", ""), "error 22:39 rules: the correlation refers to itself by way of \"x\"\nunsupported 17:39 rules: rule \"y\" is broken"},
		{"of an unsupported rule", "---\ntitle: w\nname: w\nlogsource: {product: windows}\ndetection: {s: {a: b}, condition: s}\n" + correlation("x", "w", "") + correlation("y", "x, base_a", ""),
			"unsupported 16:1 log source: log source product=windows: no table of Lynceus holds it\nunsupported 22:39 rules: rule \"w\" is not supported\nunsupported 27:39 rules: rule \"x\" is not supported"},
	} {
		r := Parse(Options{}, "t.yml", strings.TrimSuffix(baseRules, "---\n")+c.in)
		got := outcome(r)
		if len(r.Errors)+len(r.Unsupported) == 0 {
			var all []string
			for _, x := range r.Rules {
				s := x.Title
				if x.Silent {
					s += " silent"
				}
				all = append(all, s)
			}
			got = strings.Join(all, ", ")
		}
		if got != c.want {
			t.Errorf("%s\n   gave %s\n   want %s", c.name, got, c.want)
		}
	}
}

// A correlation without a level takes the highest of what it joins; the alias
// of an inner correlation is a name for the outer one.
func TestInheritance(t *testing.T) {
	r := Parse(Options{}, "t.yml", strings.Replace(baseRules, "name: base_b", "name: base_b\nlevel: high", 1)+`
title: outer
correlation: {type: event_count, rules: [inner], group-by: [ip], timespan: 1h, condition: {gte: 2}}
---
title: inner
name: inner
correlation: {type: temporal, rules: [base_a, base_b], group-by: [ip], timespan: 5m, aliases: {ip: {base_a: sourceIPs, base_b: SourceIp}}}
---
title: low
level: low
correlation: {type: event_count, rules: [inner], timespan: 1h, condition: {gte: 2}}
`)
	for title, want := range map[string]rule.Severity{"outer": rule.High, "inner": rule.High, "low": rule.Low} {
		if got := byTitle(t, r, title).Severity; got != want {
			t.Errorf("%s is %s, want %s", title, got, want)
		}
	}
}

func TestTimespan(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0s": 0, "15s": 15 * time.Second, "90m": 90 * time.Minute, "2h": 2 * time.Hour, "1d": 24 * time.Hour,
		"2w": 14 * 24 * time.Hour, "1M": 30 * 24 * time.Hour, "1y": 365 * 24 * time.Hour,
	} {
		if got, err := parseTimespan(in); err != nil || got != want {
			t.Errorf("parseTimespan(%q) = %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "s", "5", "-1s", "+1s", "1.5h", "1 h", "5mm", "5ms", "1H", "99999999999999999999s"} {
		if got, err := parseTimespan(in); err == nil {
			t.Errorf("parseTimespan(%q) = %v", in, got)
		}
	}
}
