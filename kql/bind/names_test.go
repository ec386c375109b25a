package bind

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/syntax"
)

// TestColumnNames holds the names that columns get by themselves, and the
// order and types in which they stand.
func TestColumnNames(t *testing.T) {
	const table = `datatable(a:long, b:string, c:datetime, d:dynamic, e:real)[] | `
	for _, tt := range []struct{ query, want string }{
		{`project a, b = a, a + 1, e * 2`, "a:long b:long Column1:long Column2:real"},
		{`project d.x, d.x.y, d["x"], d[0], d.x[1].z`, "d_x:dynamic d_x_y:dynamic d_x1:dynamic d_0:dynamic d_x_1_z:dynamic"},
		{`project tostring(d.x), bin(c, 1h), tolower(b), startofday(c), strlen(b)`, "d_x:string c:datetime Column1:string c1:datetime strlen_b:long"},
		{`extend a = "x", z = a`, "a:string b:string c:datetime d:dynamic e:real z:long"},
		{`extend a, tostring(b), a + 1`, "a:long b:string c:datetime d:dynamic e:real b1:string Column1:long"},
		{`extend (x, y) = d`, "a:long b:string c:datetime d:dynamic e:real x:dynamic y:dynamic"},
		{`summarize count()`, "count_:long"},
		{`summarize count(), sum(a), dcount(b), countif(a > 1), avg(a), make_set(b), make_list(a) by b`,
			"b:string count_:long sum_a:long dcount_b:long countif_:long avg_a:real set_b:dynamic list_a:dynamic"},
		{`summarize sum(a), sum(a), sum(a + 1) by bin(c, 1d), tolower(b)`, "c:datetime Column1:string sum_a:long sum_a1:long sum_:long"},
		{`summarize percentile(a, 95), percentiles(e, 5, 99.9)`, "percentile_a_95:long percentile_e_5:real percentile_e_99_9:real"},
		{`summarize arg_max(c, *) by b`, "b:string c:datetime a:long d:dynamic e:real"},
		{`summarize arg_max(c, a, x = b), arg_min(a, e)`, "c:datetime a:long x:string a1:long e:real"},
		{`summarize m = arg_max(a, b)`, "m:long b:string"},
		{`summarize (m, n) = arg_max(a, b)`, "m:long n:string"},
		{`summarize take_any(b), any(a), take_any(*)`, "b:string any_a:long a:long b1:string c:datetime d:dynamic e:real"},
		{`summarize r = iff(count() > 0, 1.0 * countif(a > 1) / count(), 0.0), max(c) - min(c) by b`, "b:string r:real Column1:timespan"},
		{`summarize by b, bin(a, 10)`, "b:string a:long"},
		{`summarize take_anyif(a, b == "x"), stdev(a), covariance(a, e)`, "a:long stdev_a:real covariance_a_e:real"},
		{`distinct b, a`, "b:string a:long"},
		{`distinct *`, "a:long b:string c:datetime d:dynamic e:real"},
		{`count`, "Count:long"},
		{`count as n`, "n:long"},
		{`top 3 by a | take 1 | where a > 1 | sort by b`, "a:long b:string c:datetime d:dynamic e:real"},
		{`project-away a, *b*`, "c:datetime d:dynamic e:real"},
		{`project-keep e, a`, "a:long e:real"},
		{`project-rename x = b, y = a`, "y:long x:string c:datetime d:dynamic e:real"},
		{`project-reorder e, b`, "e:real b:string a:long c:datetime d:dynamic"},
		{`project x10 = 1, x2 = 1, y = 1 | project-reorder x* granny-asc`, "x2:long x10:long y:long"},
		{`project x10 = 1, x2 = 1, y = 1 | project-reorder x* asc`, "x10:long x2:long y:long"},
		{`mv-expand d`, "a:long b:string c:datetime d:dynamic e:real"},
		{`mv-expand with_itemindex=i d to typeof(long), z = d.x`, "a:long b:string c:datetime d:long e:real z:dynamic i:long"},
		{`mv-expand d.x`, "a:long b:string c:datetime d:dynamic e:real d_x:dynamic"},
		{`join kind=inner (print a = 1, z = "") on a`, "a:long b:string c:datetime d:dynamic e:real a1:long z:string"},
		{`join kind=leftanti (print a = 1, z = "") on a`, "a:long b:string c:datetime d:dynamic e:real"},
		{`join kind=rightsemi (print a = 1, z = "") on a`, "a:long z:string"},
		{`join kind=inner (print x = 1, z = "") on $left.a == $right.x`, "a:long b:string c:datetime d:dynamic e:real x:long z:string"},
		{`lookup (print a = 1, z = "", b = "") on a`, "a:long b:string c:datetime d:dynamic e:real z:string b1:string"},
		{`project a | union (print a = 1, z = 2)`, "a:long z:long"},
		{`project a | union kind=inner (print a = 1, z = 2)`, "a:long"},
		{`project a | union withsource=s (print a = "")`, "s:string a_long:long a_string:string"},
		{`parse b with "x" y:long "z" b`, "a:long b:string c:datetime d:dynamic e:real y:long"},
		{`project x = iff(a > 1, "y", b), y = case(a > 1, 1, 2.5), z = coalesce(a, 1)`, "x:string y:real z:long"},
		{`project column_ifexists("a", 0), q = column_ifexists("zz", "no")`, "a:long q:string"},
		{`project x = c - c, y = c + 1h, z = 2 * 1h, w = 1h / 1m, a / 2, a % 2.0`, "x:timespan y:datetime z:timespan w:real Column1:long Column2:real"},
		{`extend x = bag_pack_columns(a, b) | project pack_all()`, "Column1:dynamic"},
		{`serialize n = a`, "a:long b:string c:datetime d:dynamic e:real n:long"},
	} {
		n, err := bindOver(nil, table+tt.query)
		if err != nil {
			t.Errorf("%s: %s", tt.query, syntax.Describe(err))
			continue
		}
		checkPlan(t, n)
		var got []string
		for _, c := range n.Columns() {
			got = append(got, c.Name+":"+c.Type.String())
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.query, s, tt.want)
		}
	}
}
