package run

import (
	"context"
	"strconv"
	"testing"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// BenchmarkQuery filters, computes and groups rows; ns/op is per row.
func BenchmarkQuery(b *testing.B) {
	in := &plan.Values{Cols: columns("user:string verb:string code:long time:datetime")}
	for i := range 10000 {
		in.Rows = append(in.Rows, []value.Value{value.String("User-" + strconv.Itoa(i%100)), value.String("Get secrets"), value.Long(int64(i % 600)), value.Datetime(int64(i) * value.Ticks)})
	}
	call := func(name string, args ...plan.Expr) plan.Expr {
		f, _ := fn.Lookup(name)
		types := make([]fn.Arg, len(args))
		for i, a := range args {
			types[i].Type = a.Type()
		}
		t, err := f.Result(types)
		if err != nil {
			b.Fatal(err)
		}
		return &plan.Call{Fn: f, Args: args, Result: t}
	}
	c := func(i int) plan.Expr { return &plan.Col{Index: i, Of: in.Cols[i]} }
	cond := call("and", call(">=", c(2), konst(value.Long(100))), call("has", c(1), konst(value.String("SECRETS"))))
	where := &plan.Where{In: in, Cond: cond}
	bin := call("bin", c(3), konst(value.Timespan(value.TicksHour)))
	count, _ := fn.LookupAgg("count")
	node := &plan.Summarize{In: where, By: []plan.Expr{c(0), bin}, Aggs: []plan.Aggregate{{Fn: count}}, Cols: columns("user:string time:datetime count_:long")}
	row := make([]value.Value, 3)
	b.ReportAllocs()
	for n := 0; n < b.N; n += len(in.Rows) {
		rows, err := Run(context.Background(), node, Options{})
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next(row) {
			continue
		}
		if rows.Err() != nil {
			b.Fatal(rows.Err())
		}
	}
}
