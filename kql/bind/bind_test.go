package bind

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// TestPrinted compares the values of queries that are computed when bound.
func TestPrinted(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{`print 1 + 2 * 3`, "7"},
		{`let x = 5; let f = (a:long, b:long = 2) { let c = a * b; c + x }; print f(10), f(b=3, a=1)`, "25 8"},
		{`let f = (s:string) { strcat(s, "!") }; let g = f; print g("a")`, "a!"},
		{`print 0xff, -3, 1e3, 1.5, true, "a\tb", @"c:\d", 'x'`, "255 -3 1000.0 1.5 true a\tb c:\\d x"},
		{`print True and not(FALSE), 4.534h, 0.1s`, "true 04:32:02.4000000 00:00:00.1000000"},
		{`print 1d, 2h30m, 90s, 1.5h, 3ms, 10tick, time(1.02:03:04)`, "1.00:00:00 02:30:00 00:01:30 01:30:00 00:00:00.0030000 00:00:00.0000010 1.02:03:04"},
		{`print datetime(2026-01-02), datetime(2026-01-02) - 1d, datetime("2026-01-02 03:04")`, "2026-01-02T00:00:00.0000000Z 2026-01-01T00:00:00.0000000Z 2026-01-02T03:04:00.0000000Z"},
		{`print datetime(2026-01-02T03:04:05.6789012Z), datetime(2026-01-02 03:04:05.6), time(1.02:03:04.5)`, "2026-01-02T03:04:05.6789012Z 2026-01-02T03:04:05.6000000Z 1.02:03:04.5000000"},
		{`print now(), ago(1h) < now()`, "2026-01-02T03:04:05.0000000Z true"},
		{`print dynamic({"a":[1,{"b":"c"}],"d":null}).a[1].b, dynamic([1,2])[-1]`, "c 2"},
		{`print int(5), long(null), real(2.5), bool(true), guid(74be27de-1e4e-49d9-b579-fe0b331d3642), decimal(1.25)`, "5  2.5 true 74be27de-1e4e-49d9-b579-fe0b331d3642 1.25"},
		{`print 5 between (1 .. 5), 5 !between (1 .. 5), datetime(2026-01-02) between (datetime(2026-01-01) .. 2d)`, "true false true"},
		{`print "b" in ("a", "b"), "B" in~ ("b"), 3 !in (1, 2), 1 in (dynamic([1,2])), "x" in ()`, "true true true true false"},
		{`print "abc def" has "def", "abc" contains "B", "abc" startswith_cs "A", "a1" matches regex "a[0-9]", "abc" !has "x"`, "true true false true true"},
		{`print not(true) or 1 == 1 and 2 < 1, -(1 + 1), +2`, "false -2 2"},
		{`print typeof(long), typeof(string)`, "long string"},
		{`set query_now = datetime(2000-01-01); print now()`, "2000-01-01T00:00:00.0000000Z"},
		{`declare query_parameters(n:long = 4, s:string); print n, s`, "4 given"},
		{`print "a" "b"`, "ab"},
	} {
		q, err := syntax.Parse(tt.query)
		if err != nil {
			t.Errorf("%s: %s", tt.query, syntax.Describe(err))
			continue
		}
		n, err := Bind(q, Options{Now: testNow, Params: map[string]value.Value{"s": value.String("given")}})
		if err != nil {
			t.Errorf("%s: %s", tt.query, syntax.Describe(err))
			continue
		}
		v, ok := n.(*plan.Values)
		if !ok {
			t.Errorf("%s: not computed when bound: %s", tt.query, plan.String(n))
			continue
		}
		var got []string
		for _, x := range v.Rows[0] {
			got = append(got, x.String())
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.query, s, tt.want)
		}
	}
}

// TestErrors holds what is said about queries that cannot be bound, and
// where.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{``, "1:1: the query is empty; start with the name of a table"},
		{`let x = 1;`, "1:1: the query asks for nothing; end with the name of a table"},
		{`audit; process`, "1:8: there is more than one query here; run them one by one"},
		{`audti`, "1:1: there is no table audti; did you mean audit?"},
		{`audti | take 1`, "1:1: there is no table audti; did you mean audit?"},
		{`audit | where tiem > ago(1h)`, "1:15: there is no column or variable tiem here; did you mean time?"},
		{`audit | where time > ago("1h")`, "1:26: ago: this argument"},
		{`audit | where time > ago()`, "1:22: ago takes 1 arguments, not 0"},
		{`audit | where k8s.pod + 1 == "x"`, "+: "},
		{`audit | sort by raw_data`, "1:17: dynamic values have no order; convert it, as with tostring()"},
		{`audit | mv-expand k8s.pod`, "1:19: only dynamic values can be expanded, this is a string; todynamic() makes one of text"},
		{`audit | join (process) on process.name`, "1:27: there is no column or variable process.name here"},
		{`audit | join (process) on audit.request_object`, "the right side has no column audit.request_object"},
		{`audit | join (process) on raw_data`, "1:27: tables cannot be joined by dynamic values"},
		{`audit | join (finding) on $left.api.response.code == $right.severity`, "1:27: a long and a string are never equal"},
		{`audit | where api.response.code in ((process | project process.name))`, "a long cannot be compared with the column process.name, which is string"},
		{`let t = audit; print t`, "1:22: t is a table, not a value; toscalar() makes a value of a table"},
		{`let f = (x:long) { x }; f | take 1`, "1:25: f is a function; call it: f()"},
		{`let f = (x:long) { x }; print f()`, "f: the argument x is missing"},
		{`let f = (x:long) { x }; print f(1, 2)`, "1:36: f takes 1 arguments; this one is too many"},
		{`let f = (T:(a:long)) { T }; f(audit)`, "this table has no column a of type long, which the parameter T wants"},
		{`let f = (x:string) { toscalar(process | where process.name == x | count) }; audit | extend n = f(k8s.pod)`, "x differs from row to row, and cannot be used inside another table expression"},
		{`audit | take -1`, "1:14: the number of rows must be at least 0"},
		{`range x from 1 to 10 step 0`, "1:27: the step must not be zero"},
		{`range x from 1 to datetime(2020) step 1`, "range goes over numbers"},
		{`audit | render linchart`, "did you mean linechart?"},
		{`audit | summarize count(count())`, "count is an aggregate"},
		{`audit | summarize tostring(arg_max(time, k8s.pod))`, "1:28: arg_max gives several columns, and cannot stand inside an expression"},
		{`audit | summarize (a, b) = count()`, "several names need a dynamic array"},
		{`audit | parse k8s.pod with kind=regex "("`, "1:32: unexpected = after parse"},
		{`audit | parse kind=regex k8s.pod with "(" x`, "is no regular expression"},
		{`audit | where time > datetime(yesterday)`, `"yesterday" is no datetime`},
		{`print 99999999999999999999`, "is no long"},
		{`datatable(a:strng)[]`, `1:11: there is no type "strng"; did you mean string?`},
		{`datatable(a:long, b:long)[1]`, "there are 1 values for rows of 2 columns"},
		{`declare query_parameters(n:long); print n`, "no value is given for the parameter n"},
		{`set query_bin_auto_size; print 1`, "needs a value"},
		{`set best_effort; print 1`, "the option best_effort is not supported"},
		{`audit | evaluate pivot(k8s.pod)`, "the operator evaluate is not supported"},
		{`externaldata(a:string)["http://x"] | take 1`, "externaldata is not supported"},
		{`database("x").T | take 1`, "tables of other clusters and databases are not supported"},
		{`audit | where k8s.pod like "x%"`, "like is not supported; write contains, startswith or matches regex"},
		{`audit | mv-expand bagexpansion=array raw_data`, "1:19: this kind of expansion is not supported"},
		{`audit | mv-apply g = audit.user.groups on (summarize count())`, "1:44: in the sub-query of mv-apply all but where and extend is not supported"},
		{`audit | where k8s.pod == "x" | project n = row_number()`, "row_number needs rows in an order, in extend or project; put sort by before it"},
		{`audit | union kind=sideways process`, "the kind of a union is outer or inner"},
		{`union nothing*`, "no table fits nothing*"},
		{`audit | project-away k8s.pood`, "did you mean k8s.pod?"},
		{`audit | top 5 by count()`, "count is an aggregate, and works on groups of rows only; use it in summarize"},
	} {
		_, err := bindOver(smallCatalog(), tt.query)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s:\n got %v\nwant %s", tt.query, err, tt.want)
		}
	}
}

// TestAllErrors holds that one run reports all independent errors.
func TestAllErrors(t *testing.T) {
	_, err := bindOver(smallCatalog(), "let a = nope(1);\nlet b = alsono(2);\naudit | where x == 1 and y == 2 and a == 1")
	es, _ := err.(syntax.Errors)
	if len(es) != 4 {
		t.Errorf("%d errors, want 4:\n%v", len(es), err)
	}
}

// TestLimits holds that queries which grow when inlined are refused, soon.
func TestLimits(t *testing.T) {
	var doubling strings.Builder
	doubling.WriteString("let t0 = audit;\n")
	for i := range 40 {
		fmt.Fprintf(&doubling, "let t%d = union t%d, t%d;\n", i+1, i, i)
	}
	doubling.WriteString("t40")
	var functions strings.Builder
	functions.WriteString("let f0 = (x:long) { x + 1 };\n")
	for i := range 40 {
		fmt.Fprintf(&functions, "let f%d = (x:long) { f%d(x) + f%d(x) };\n", i+1, i, i)
	}
	functions.WriteString("audit | extend n = f40(api.response.code)")
	invoked := "let f = (T:(*)) { union T, T }; audit" + strings.Repeat(" | invoke f()", 60)
	for _, q := range []string{doubling.String(), functions.String(), invoked} {
		_, err := bindOver(smallCatalog(), q)
		if err == nil || !strings.Contains(err.Error(), "too large") && !strings.Contains(err.Error(), "deep") {
			t.Errorf("%.60s…: %v", q, err)
		}
	}
	long := "audit | where " + strings.Repeat(`k8s.pod == "x" or `, 5000) + "true"
	if n, err := bindOver(smallCatalog(), long); err != nil {
		t.Errorf("a long condition: %v", err)
	} else {
		checkPlan(t, n)
	}
}
