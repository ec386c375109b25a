package sigma

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/expr"
)

func TestFilters(t *testing.T) {
	const rules = `
title: t
id: i
name: n
logsource: {product: kubernetes, service: audit, category: application}
detection: {s: {verb: get}, condition: s}
---
title: linux
name: linux
logsource: {product: linux, category: process_creation}
detection: {s: {Image: x}, condition: s}
---
`
	filter := func(rules, body string) string {
		return "title: f\nlogsource: {product: kubernetes, service: audit}\nfilter:\n  rules: " + rules + "\n" + indented(body, "  ")
	}
	const same = `api.operation = "get"`
	for _, c := range []struct{ name, in, want string }{
		{"says what stays, by id", filter("[i]", "s: {user.username: x}\ncondition: not s"), same + ` and not audit.user.name = "x"`},
		{"says what goes, by name", filter("[n]", "s: {user.username: x}\ncondition: s"), same + ` and not audit.user.name = "x"`},
		{"one rule as text", filter("n", "s: {user.username: x}\ncondition: not s"), same + ` and not audit.user.name = "x"`},
		{"any", filter("any", "s: {user.username: x}\ncondition: not s"), same + ` and not audit.user.name = "x"`},
		{"names of its own", filter("any", "s: {user.username: x}\nt: {verb: list}\ncondition: not s and not t"), same + ` and (not audit.user.name = "x" and not api.operation = "list")`},
		{"one of", filter("any", "f_1: {user.username: x}\nf_2: {verb: list}\ncondition: not 1 of f_*"), same + ` and not (audit.user.name = "x" or api.operation = "list")`},
		{"neq inside a selection", filter("any", "s: {user.username|neq: x}\ncondition: s"), same + ` and not not audit.user.name = "x"`},
		{"mixed", filter("any", "s: {verb: a}\nt: {verb: b}\ncondition: s and not t"), `error 19:14 condition: it mixes what stays and what goes`},
		{"missing rule", filter("[other, i]", "s: {verb: a}\ncondition: not s"), `unsupported 16:11 filter: no loaded rule has the id or name "other"`},
		{"other log source", filter("[linux]", "s: {verb: a}\ncondition: not s"), `unsupported 16:11 filter: rule "linux" reads category=process_creation product=linux, the filter is for product=kubernetes service=audit`},
		{"other field", filter("[i]", "s: {nope: a}\ncondition: not s"), `unsupported 17:7 field nope: no field of table audit has this name; the filter is not applied to rule "t"`},
		{"no rules", "title: f\nlogsource: {product: kubernetes}\nfilter:\n  s: {verb: a}\n  condition: not s\n", "error 16:3 filter: rules is missing"},
		{"condition list", filter("any", "s: {verb: a}\ncondition: [s, s]"), "error 18:14 condition: the condition of a filter is one text"},
		{"no map", "title: f\nlogsource: {product: kubernetes}\nfilter: x\n", "error 15:9 filter: it must be a map, not \"x\""},
		{"block", filter("any", "s: {verb: a}\ncondition: not s") + "lynceus: {}\n", "error 19:1 lynceus: a filter has no such block"},
	} {
		r := Parse(Options{}, "t.yml", rules+c.in)
		got := outcome(r)
		if len(r.Errors)+len(r.Unsupported) == 0 {
			x := byTitle(t, r, "t")
			got = expr.Print(x.Expr)
			if strings.Join(x.Filters, " ") != "f" {
				t.Errorf("%s: Filters = %v", c.name, x.Filters)
			}
			if other := expr.Print(byTitle(t, r, "linux").Expr); other != "activity = any of (\"Launch\", \"Running\") cased and process.file.path = \"x\"" {
				t.Errorf("%s: the rule of another log source became %s", c.name, other)
			}
		}
		if got != c.want {
			t.Errorf("%s\n   gave %s\n   want %s", c.name, got, c.want)
		}
	}
}
