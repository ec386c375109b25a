package kql

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// Explain returns, as text, how the query was read, what it means, and what
// each of the dialects (all of them when none is named) is asked and what
// remains for Go. Queries inside expressions are answered first when it is
// run; here they stay in the rest.
func (q *Query) Explain(dialects ...sql.Dialect) string {
	if len(dialects) == 0 {
		dialects = []sql.Dialect{sql.DuckDB, sql.ClickHouse}
	}
	var b strings.Builder
	section := func(title, body string) {
		b.WriteString("-- " + title + "\n" + strings.TrimRight(body, "\n") + "\n\n")
	}
	section("query", syntax.Format(q.tree))
	section("plan", plan.String(q.node))
	section("plan, prepared", plan.String(sql.Prepare(q.node)))
	for _, d := range dialects {
		rest, stmts := sql.Split(q.node, d)
		section(d.String()+": in Go", plan.String(rest))
		for i, s := range stmts {
			section(fmt.Sprintf("%s: statement %d", d, i), s.Text)
			for j, scan := range s.Scans {
				section(fmt.Sprintf("%s: statement %d, scan %d", d, i, j), scan.String())
			}
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
