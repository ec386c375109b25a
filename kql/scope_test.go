package kql_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/test/kqltest"
)

// placed makes a table whose rows have these places, and the one of those that
// a scope sees.
func placed(class event.Class, names []string, s scope.Scope, sees func(row []string) bool, rows ...[]string) (whole, own *kqltest.Table) {
	whole = &kqltest.Table{Class: class}
	for _, n := range append([]string{"time", "metadata.uid"}, names...) {
		whole.Fields = append(whole.Fields, event.ByName(n))
	}
	own = &kqltest.Table{Class: class, Fields: whole.Fields}
	for i, r := range rows {
		row := []value.Value{value.Datetime(kqltest.Start + int64(i)), value.String(fmt.Sprintf("%s-%d", class, i))}
		for _, text := range r {
			row = append(row, value.String(text))
		}
		whole.Rows = append(whole.Rows, row)
		if sees(r) {
			own.Rows = append(own.Rows, row)
		}
	}
	return whole, own
}

// TestScopeOfTexts asks in every way in which a query can read a table, and
// compares with a store that holds nothing but what is in scope.
func TestScopeOfTexts(t *testing.T) {
	s := scope.Scope{Clusters: []string{"prod"}, Namespaces: []string{"payments", "team-*"}}
	two := func(r []string) bool { return s.Sees(r[0], r[1]) }
	process, ownProcess := placed(event.ClassProcess, []string{"k8s.cluster", "k8s.namespace", "process.name"}, s, two,
		[]string{"prod", "payments", "sh"}, []string{"prod", "team-a", "curl"}, []string{"prod", "secret", "sh"}, []string{"test", "payments", "hidden"}, []string{"prod", "", "kubelet"})
	audit, ownAudit := placed(event.ClassAudit, []string{"k8s.cluster", "k8s.namespace", "actor.user.name"}, s, two,
		[]string{"prod", "payments", "jane"}, []string{"prod", "secret", "mallory"}, []string{"prod", "", "sh"}, []string{"prod", "team-b", "hidden"})
	incident, ownIncident := placed(event.ClassIncident, []string{"k8s.cluster", "finding_info.namespaces"}, s, func(r []string) bool {
		return r[0] == "prod" && r[1] != "" && !slices.ContainsFunc(strings.Split(r[1], " "), func(n string) bool { return !s.Sees("prod", n) })
	}, []string{"prod", "payments"}, []string{"prod", "payments team-a"}, []string{"prod", "payments secret"}, []string{"prod", "- payments"}, []string{"prod", ""},
		[]string{"prod", "-"}, []string{"test", "payments"}, []string{"prod", "payments-2"}, []string{"prod", "payments\nsecret"}, []string{"prod", "payments\n"})
	selfaudit, ownSelfaudit := placed(event.ClassSelfAudit, []string{"action"}, s, func([]string) bool { return false }, []string{"query"})
	whole := []*kqltest.Table{process, audit, incident, selfaudit}
	own := []*kqltest.Table{ownProcess, ownAudit, ownIncident, ownSelfaudit}
	names := catalog{}
	for _, table := range whole {
		names[table.Class.String()] = table.Scan()
	}
	for _, text := range []string{
		"process", "audit", "incident", "selfaudit", "selfaudit | count", "process | count", "incident | count",
		"process | summarize count(), dcount(process.name), make_set(process.name), arg_max(time, *)",
		"process | where k8s.namespace == 'secret'", "process | where k8s.namespace == 'secret' or true", "process | where not(k8s.namespace == 'payments')",
		"union * | count", "union withsource=t * | summarize count() by t", "union pro*, audit | summarize count() by k8s.namespace", "search 'hidden'", "search in (process, audit) 'sh'",
		"search * | where k8s.namespace == 'secret'",
		"process | join kind=inner (audit) on k8s.namespace", "process | join kind=fullouter audit on $left.process.name == $right.actor.user.name | count",
		"process | join kind=leftanti audit on k8s.namespace", "audit | lookup process on k8s.namespace",
		"datatable(n:string)['secret','payments'] | join kind=leftouter (process) on $left.n == $right.k8s.namespace",
		"datatable(n:string)['secret','payments'] | where n in ((process | project k8s.namespace))",
		"print x = toscalar(process | count), y = toscalar(union process, audit | summarize make_set(k8s.namespace))",
		"print toscalar(process | where k8s.namespace == 'secret' | project process.name)",
		"let f = (n:string) { process | where k8s.namespace == n }; union (f('secret')), (f('payments'))",
		"let f = (T:(k8s:dynamic)) { T | count }; let g = view () { audit }; g() | count",
		"let m = materialize(process | summarize n = count() by k8s.namespace); m | where n > toscalar(m | summarize min(n)) or true",
		"process | where process.name in ((audit | project actor.user.name))", "process | where toscalar(audit | count) > 2",
		"process | extend n = toscalar(audit | where k8s.namespace == 'secret' | count) | project n",
		"process | as p | union (audit | where toscalar(process | count) == 2)",
		"range i from 0 to toscalar(process | count) step 1", "process | top 3 by time desc", "process | take 100 | summarize by k8s.cluster",
		"process | mv-expand x = pack_array(1, 2) | count",
		"process | distinct k8s.cluster, k8s.namespace",
		"process | where process.name matches regex '.*' | sort by time asc | extend p = prev(k8s.namespace)",
	} {
		limited, err := kql.Compile(text, kql.Options{Catalog: names, Scope: s})
		free, freeErr := kql.Compile(text, kql.Options{Catalog: names})
		if err != nil || freeErr != nil {
			t.Errorf("%s: %v; without a limit %v", text, err, freeErr)
			continue
		}
		got, gotErr := answered(t, limited, kqltest.Duck(t, whole...))
		want, wantErr := answered(t, free, kqltest.Duck(t, own...))
		if (gotErr == nil) != (wantErr == nil) || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q, %v\n%s", text, got, gotErr, want, wantErr, limited.Explain(sql.DuckDB))
		}
	}
}

func answered(t *testing.T, q *kql.Query, store sql.Backend) ([]string, error) {
	t.Helper()
	r, err := q.Run(context.Background(), store, kql.Limits{})
	if err != nil {
		return nil, err
	}
	rows := all(r)
	slices.Sort(rows)
	return rows, errors.Join(r.Err(), r.Close())
}

func TestScopeIsChecked(t *testing.T) {
	names, _ := small()
	if _, err := kql.Compile("process", kql.Options{Catalog: names, Scope: scope.Scope{Namespaces: []string{"*"}}}); err == nil {
		t.Error("a scope that is none was taken")
	}
}
