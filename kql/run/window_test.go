package run_test

import (
	"context"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/bind"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// answer runs a plan and writes its rows.
func answer(t *testing.T, node plan.Node) string {
	t.Helper()
	rows, err := run.Run(context.Background(), node, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	row := make([]value.Value, len(node.Columns()))
	for rows.Next(row) {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = v.String()
		}
		out = append(out, strings.Join(cells, ","))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

// Conditions after a numbering of rows must not go below it, and every row
// counts even where a branch does not ask for its number.
func TestWindowsKeepTheirRows(t *testing.T) {
	const table = "datatable(k:string, n:long)['a',1,'b',2,'a',3,'b',4] | sort by n asc "
	tests := map[string]string{
		"| extend r = row_number() | where k == 'b'":                  "b,2,2 b,4,4",
		"| extend r = iff(k == 'b', row_number(), 0)":                 "a,1,0 b,2,2 a,3,0 b,4,4",
		"| extend p = prev(n), s = row_cumsum(n) | where n > 2":       "a,3,2,6 b,4,3,10",
		"| project r = row_number(10, k != prev(k)), k | where r > 0": "10,a 10,b 10,a 10,b",
		"| where n > 1 | extend r = row_number() | take 2":            "b,2,1 a,3,2",
	}
	for q, want := range tests {
		parsed, err := syntax.Parse(table + q)
		if err != nil {
			t.Fatal(err)
		}
		node, err := bind.Bind(parsed, bind.Options{Catalog: noTables{}})
		if err != nil {
			t.Errorf("%s: %v", q, err)
			continue
		}
		if got := answer(t, node); got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
		if got := answer(t, sql.Prepare(node)); got != want {
			t.Errorf("%s, prepared: %s, want %s", q, got, want)
		}
	}
	for _, q := range []string{"| where row_number() == 1", "| summarize by row_number()", "| summarize count() by k | extend r = row_number()"} {
		parsed, err := syntax.Parse(table + q)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bind.Bind(parsed, bind.Options{Catalog: noTables{}}); err == nil || !strings.Contains(err.Error(), "rows in an order") {
			t.Errorf("%s: %v", q, err)
		}
	}
}
