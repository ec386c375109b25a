package sigma

import (
	"reflect"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Any bytes either become rules that compile, or problems that have a place.
func FuzzParse(f *testing.F) {
	f.Add(baseRules + "title: c\ncorrelation: {type: temporal, rules: [base_a, base_b], timespan: 5m, condition: base_a and base_b}\nlynceus: {absent: [base_a]}\n")
	f.Add(baseRules + "title: f\nlogsource: {product: kubernetes}\nfilter: {rules: any, s: {verb: get}, condition: not s}\n")
	f.Add(blockHead + "  severity: [{if: failed, set: low}]\n  new: {key: [actor.user.name]}\n  tests: [{name: a, match: true, events: [{_at: 1s, _repeat: 2, verb: 'x{n}'}]}]\n")
	f.Add(ruleText("f|re|i: '^a(b|c)$'\ng|cidr: 10.0.0.0/8\nh|windash|base64offset|contains: '-a'\ni|hour|gte: 3\nj|fieldref: k\nl|expand: '%x%'"))
	f.Add("a: &a [*a]\n---\n- b\n---\n? [x]\n: y\n--- >\n z\n...\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, opts := range []Options{{}, {Generic: true, Placeholders: map[string][]string{"x": {"a*", `\*`}}}} {
			r := Parse(opts, "f.yml", text)
			if len(r.Rules)+len(r.Errors)+len(r.Unsupported)+r.Documents == 0 {
				t.Error("silence")
			}
			for _, p := range append(r.Errors, r.Unsupported...) {
				if p.Reason == "" || p.Feature == "" || p.Detail() == "" {
					t.Errorf("%+v", p)
				}
			}
			for _, x := range append(r.Rules, r.Compiled...) {
				rule.Explain(x)
				if x.Expr == nil {
					continue
				}
				if _, err := expr.NewProgram([]expr.Node{x.Expr}, expr.Options{}); err != nil && !isPathError(x) {
					t.Errorf("%s: %v", expr.Print(x.Expr), err)
				}
			}
		}
	})
}

// isPathError reports whether a rule reads names as paths, which the evaluator
// checks: log sources that no table holds are not restricted in their names.
func isPathError(x *rule.Rule) bool { return x.Vocabulary == "" }

func FuzzCondition(f *testing.F) {
	for _, s := range []string{"a and not (b or c)", "1 of sel* and all of them", "any of a*b* or _x", "a | count() > 5", "not not not a", "((a))"} {
		f.Add(s, "a b c sel_1 _x")
	}
	f.Fuzz(func(t *testing.T, text, names string) {
		n, err := parseNames(text, strings.Fields(names))
		switch {
		case err == nil && n == nil:
			t.Fatal("neither tree nor error")
		case err != nil && (err.offset < 0 || err.offset > len(text)):
			t.Fatalf("offset %d of %d", err.offset, len(text))
		case err == nil:
			expr.Tree(n, "")
		}
	})
}

// A pattern written as a glob reads as the same pattern.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{"", "*", `a\*b*?c`, `\\\\`, `\`, "??*", "\xff*", `\\*`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := parsePattern(text)
		if again := parsePattern(p.glob()); !reflect.DeepEqual(p, again) {
			t.Fatalf("%q: %v became %v by %q", text, p, again, p.glob())
		}
		for i, x := range p {
			if x.kind == literal && (x.text == "" || i > 0 && p[i-1].kind == literal) || x.kind == anyRun && i > 0 && p[i-1].kind == anyRun {
				t.Fatalf("%q: not in its shortest form: %v", text, p)
			}
		}
	})
}

func FuzzModifiers(f *testing.F) {
	for _, s := range []string{"f|contains|all", "f|re|i|m|s", "|all", "f|wide|base64offset|contains", "f|expand|windash", "f|fieldref|startswith|neq", "f|hour|lt"} {
		f.Add(s, "-a*%x%")
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		field, mods := splitKey(key)
		for _, m := range mods {
			if key[m.offset:m.offset+len(m.name)] != m.name {
				t.Fatalf("%q: modifier %q is not at %d", key, m.name, m.offset)
			}
		}
		m, err := compileModifiers(mods)
		if (m == nil) == (err == nil) {
			t.Fatalf("%q: %v, %v", field, m, err)
		}
		if m == nil {
			return
		}
		out := []pattern{parsePattern(value)}
		for _, c := range m.changes {
			var next []pattern
			for _, p := range out {
				if changed, err := c.apply(p); err == nil {
					next = append(next, changed...)
				}
			}
			if out = next; len(out) > 1000 {
				return
			}
		}
	})
}
