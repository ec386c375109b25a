package syntax

import (
	"strings"
	"testing"
)

// TestParse compares what is printed of a tree, which shows how operators
// bind and what literals hold.
func TestParse(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`T`, `T`},
		{`T|where a==1 and b=~'x' or not(c)`, `T | where a == 1 and b =~ "x" or not(c)`},
		{`T | where (a or b) and c`, `T | where (a or b) and c`},
		{`T | where a - (b - c) * -d % 2 > 1d`, `T | where a - (b - c) * -d % 2 > 1d`},
		{`T | where a has 'x' == true`, `T | where a has "x" == true`},
		{`T | filter x !in~ ('a', "b") | limit 5`, `T | where x !in~ ("a", "b") | take 5`},
		{`T | where x between (1..2) and y !between (ago(1d) .. now())`, `T | where x between (1 .. 2) and y !between (ago(1d) .. now())`},
		{`T | where a.b.c[0].["d e"].f > 1`, `T | where a.b.c[0]["d e"].f > 1`},
		{`T | where ['a b'] == ["c"]`, `T | where ["a b"] == c`},
		{`T | where a matches regex @"\d""" and b !has_cs h'x'`, `T | where a matches regex "\\d\"" and b !has_cs "x"`},
		{"T | where a == ```x\n'y'```", `T | where a == "x\n'y'"`},
		{`T | where a <> b and a notcontains "x"`, `T | where a != b and a !contains "x"`},
		{`print 1, 0x1F, 1.5, 1e-3, 2h30m, 1.5d, 10tick, true`, `print 1, 0x1F, 1.5, 1e-3, 2h30m, 1.5d, 10tick, true`},
		{`print datetime(2020-01-01 10:00), guid(74be27de-1e4e-49d9-b579-fe0b331d3642), int(null), long(-1), real(+inf), time('1.00:00')`,
			`print datetime(2020-01-01 10:00), guid(74be27de-1e4e-49d9-b579-fe0b331d3642), int(null), long(-1), real(+inf), time(1.00:00)`},
		{`print dynamic({'a':[1,-2.5,null,{"b":datetime(2020)}], c:true})`, `print dynamic({"a": [1, -2.5, null, {"b": datetime(2020)}], "c": true})`},
		{`print "a" 'b'`, `print "ab"`},
		{`print 5h_x = 1e, x.5`, `print 5h_x = 1e, x.5`},
		{`let a = 1; let T = () { X | take a }; T()`, "let a = 1;\nlet T = () { X | take a };\nT()"},
		{`let f = (a:int=5, T:(x:long,*), U:(*)) { let z = a; T | where x > z }; f(1, X, U=Y)`,
			"let f = (a:int = 5, T:(x:long, *), U:(*)) { let z = a; T | where x > z };\nf(1, X, U=Y)"},
		{`set notruncation; set a.b = 5; T`, "set notruncation;\nset [\"a.b\"] = 5;\nT"},
		{`declare query_parameters(a:string = "x", b:long); T`, "declare query_parameters(a:string = \"x\", b:long);\nT"},
		{`T | summarize hint.strategy=shuffle n = count(), avg(x) by y, bin(z, 1h)`, `T | summarize hint.strategy=shuffle n = count(), avg(x) by y, bin(z, 1h)`},
		{`T | summarize by y`, `T | summarize by y`},
		{`T | summarize (a, b) = arg_max(x, *)`, `T | summarize (a, b) = arg_max(x, *)`},
		{`T | order by a, b asc nulls first, c desc`, `T | sort by a, b asc nulls first, c desc`},
		{`T | top 5 by a desc nulls last`, `T | top 5 by a desc nulls last`},
		{`T | join kind = leftouter hint.remote=left (U | take 1) on a, $left.b == $right.c`, `T | join kind=leftouter hint.remote=left (U | take 1) on a, $left.b == $right.c`},
		{`T | lookup kind=inner U on a`, `T | lookup kind=inner U on a`},
		{`union withsource=s kind=inner isfuzzy=true A*, B, (C | take 1), *`, `union withsource=s kind=inner isfuzzy=true A*, B, (C | take 1), *`},
		{`T | mv-expand bagexpansion=bag with_itemindex=i x = a.b to typeof(string), y limit 10`,
			`T | mv-expand bagexpansion=bag with_itemindex=i x = a.b to typeof(string), y limit 10`},
		{`T | mv-apply x to typeof(long) on (where x > 1 | summarize sum(x))`, `T | mv-apply x to typeof(long) on (where x > 1 | summarize sum(x))`},
		{`T | parse-where kind=regex flags=Ui x with * "a" b:long 'c' d`, `T | parse-where kind=regex flags=Ui x with * "a" b:long "c" d`},
		{`T | project-away a*, *b, c.d | project-keep * | project-reorder a desc, b* granny-asc`, `T | project-away a*, *b, ["c.d"] | project-keep * | project-reorder a desc, b* granny-asc`},
		{`search in (A, B*) kind:"x" and "y*" or n:5`, `search in (A, B*) ["kind"] : "x" and "y*" or n : 5`},
		{`T | search kind=case_sensitive * has "x"`, `T | search kind=case_sensitive * has "x"`},
		{`T | render timechart with (title="x", ycolumns=a, b)`, `T | render timechart with (title="x", ycolumns=a, b)`},
		{`T | render barchart kind=stacked title="x"`, `T | render barchart with (kind=stacked, title="x")`},
		{`datatable(a:long, ['b c']:string)[1, "x", 2, "y",]`, `datatable(a:long, ["b c"]:string)[1, "x", 2, "y"]`},
		{`range x from 1 to 10 step 2`, `range x from 1 to 10 step 2`},
		{`print r = range(1, 3), t = toscalar(T | count)`, `print r = range(1, 3), t = toscalar(T | count)`},
		{`T | where x in (U | project a) and y in ((V))`, `T | where x in (U | project a) and y in (V)`},
		{`T | as hint.materialized=true U | invoke f(1) | serialize n = 1 | distinct a, b | count`, `T | as hint.materialized=true U | invoke f(1) | serialize n = 1 | distinct a, b | count`},
		{`T | make-series n=count() default=0 on t from a to b step 1h by x | take 1`, `T | make-series n=count() default=0 on t from a to b step 1h by x | take 1`},
		{"// a comment\nT // another\n| take 1 //", `T | take 1`},
		{"T\u00a0| take\u00a01", `T | take 1`},
	} {
		q, err := Parse(tt.in)
		if err != nil {
			t.Errorf("%s:\n%s", tt.in, Describe(err))
			continue
		}
		if got := q.String(); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.in, got, tt.want)
		}
		checkRoundTrip(t, q)
	}
}

// TestErrors holds what is said of text that is no query, and that a tree of
// the rest is there all the same.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ in, want, tree string }{
		{``, "1:1: the query is empty; start with the name of a table", ``},
		{`T |`, "1:4: expected an operator, found the end of the query", `T`},
		{`T | wehre x | take 1`, "1:5: there is no operator wehre; did you mean where?", `T | take 1`},
		{`T | where`, "1:10: expected an expression, found the end of the query", `T | where `},
		{`T | where a = 1`, "1:13: unexpected = after where", `T | where a`},
		{`T | where a == "x`, "1:16: the string is not closed", `T | where a == "x"`},
		{`T | where (a`, `1:13: expected ")" to close the parenthesis, found the end of the query`, `T | where a`},
		{`T | where a == “x”`, `is a typographic quotation mark; write " or '`, ``},
		{`T | where a hass "x"`, "1:13: unexpected hass after where", `T | where a`},
		{`T | where a !hass "x"`, "1:13: there is no operator !hass; did you mean has?", ``},
		{"T\n| where x ==\n| take 5", "3:1: expected an expression, found |", ``},
		{`T | top 5`, `1:10: expected "by" after the number of rows, found the end of the query`, ``},
		{`T | join U`, `expected "on" and the columns to join by`, ``},
		{`T | sort a`, `expected "by" after sort, found a`, ``},
		{`T; U | wher x; V |`, "there is no operator wher", ``},
		{`T | where a == "\q"`, "unknown escape sequence in a string; write \\\\ for a backslash, or put @ before the string", ``},
		{`print dynamic(x)`, "expected a constant inside dynamic(...), found x", ``},
		{`T | where größe > 1`, "names are made of ASCII letters, digits and _; write such names as ['name']", ``},
		{`T | project ['']`, "1:13: a name has at least one character", ``},
		{`T ) | take 1`, "1:3: expected | or ; here, found )", ``},
		{`T | where 1.5x > 1`, `"1.5x" is neither a number nor a timespan`, ``},
	} {
		q, err := Parse(tt.in)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s:\n got %v\nwant %s", tt.in, err, tt.want)
		}
		if got := q.String(); tt.tree != "" && got != tt.tree {
			t.Errorf("%s: tree %s, want %s", tt.in, got, tt.tree)
		}
	}
}

// TestHostile holds that deep, long and large texts are refused without harm.
func TestHostile(t *testing.T) {
	const n = 100_000
	for _, tt := range []struct{ in, want string }{
		{strings.Repeat("(", n), "nested more than"},
		{"print " + strings.Repeat("-", n) + "1", "nested more than"},
		{"print dynamic(" + strings.Repeat("[", n), "nested more than"},
		{"print " + strings.Repeat("f(", n), "nested more than"},
		{"print x" + strings.Repeat("[1", n), "nested more than"},
		{strings.Repeat("print ", n), "unexpected print after print"},
		{"let f = " + strings.Repeat("() { let f = ", 10_000), ""},
		{"print 1" + strings.Repeat("+1", n), "operators follow one another"},
		{"print x" + strings.Repeat(".x", n), "operators follow one another"},
		{"T" + strings.Repeat("|count", n), "operators follow one another"},
		{"T | where " + strings.Repeat("a or ", n) + "a", "operators follow one another"},
		{strings.Repeat("x", maxText+1), "longer than"},
		{strings.Repeat("'", n), ""},
		{strings.Repeat("\x00\xff", n), "unexpected character"},
		{strings.Repeat("T;", n), ""},
	} {
		q, err := Parse(tt.in)
		if q == nil {
			t.Fatalf("%.20s: no tree", tt.in)
		}
		if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%.20s…: %v, want %s", tt.in, err, tt.want)
		}
	}
}

func TestRender(t *testing.T) {
	_, err := Parse("T\n| where größer\n\t| wher x")
	want := "2:9: names are made of ASCII letters, digits and _; write such names as ['name']\n" +
		"| where größer\n" +
		"        ^^^^^^\n" +
		"3:4: there is no operator wher; did you mean where?\n" +
		" | wher x\n" +
		"   ^^^^"
	if got := Describe(err); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
