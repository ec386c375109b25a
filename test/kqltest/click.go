package kqltest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	kqlsql "github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/store/clickhouse"
	"github.com/lynceus-io/lynceus/test/clickhouse/chtest"
)

// Click loads tables into a store of ClickHouse.
func Click(tb testing.TB, tables ...*Table) kqlsql.Backend {
	tb.Helper()
	base, database := chtest.Database(tb)
	store, err := clickhouse.New(clickhouse.Options{URL: base + "/" + database})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(store.Close)
	if _, err := store.Migrate(context.Background()); err != nil {
		tb.Fatal(err)
	}
	for _, t := range tables {
		var cols []string
		for _, f := range t.Fields {
			cols = append(cols, `"`+f.Column()+`"`)
		}
		for _, batch := range batches(t, clickLiteral) {
			chtest.Exec(tb, base, database, "INSERT INTO "+t.Class.String()+" ("+strings.Join(cols, ", ")+") VALUES "+batch)
		}
	}
	return store
}

func clickLiteral(f *event.Field, v value.Value) string {
	switch {
	case v.Null && f.Type == event.TypeStrings:
		return "[]"
	case v.Null && f.Type == event.TypeJSON:
		return "''"
	case v.Null:
		return "NULL"
	case f.Type == event.TypeStrings:
		var list []string
		for _, item := range v.Node.Items {
			list = append(list, quote(item.Scalar.Text, true))
		}
		return "[" + strings.Join(list, ", ") + "]"
	case v.Type == value.TypeDatetime:
		return fmt.Sprintf("fromUnixTimestamp64Micro(toInt64(%d), 'UTC')", v.Int/10)
	case v.Type == value.TypeString, v.Type == value.TypeDynamic:
		return quote(v.String(), true)
	}
	return literalOf(v)
}
