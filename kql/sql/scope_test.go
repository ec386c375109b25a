package sql_test

import (
	"math/rand/v2"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/test/kqltest"
)

// scopedQueries is how many generated queries are asked by one who is limited,
// on each engine.
const scopedQueries = 250

// limited is who asks, and nearlyPlaces are clusters and namespaces of which
// some are in scope and most miss it by little.
var (
	limited      = scope.Scope{Clusters: []string{"prod", "eu-*"}, Namespaces: []string{"payments", "team-*"}}
	nearClusters = []string{"prod", "prod", "eu-1", "eu-", "Prod", "eu", "prod ", "", "xprod"}
	nearSpaces   = []string{"payments", "payments", "team-a", "team-", "team", "Payments", "payments2", "", "-", "xteam-a", "team_a", "payments\n", "%", "a'b"}
)

// TestScopedEqualsOwnStore holds that what a limited person is answered is
// what anybody would be from a store that holds the rows in scope and no
// others: nothing of the rest shows, not even in a count.
func TestScopedEqualsOwnStore(t *testing.T) {
	whole, own := scopedTables()
	for _, e := range []struct {
		name   string
		engine sql.Backend
	}{{"interpreter", nil}, {"DuckDB", kqltest.Duck(t, whole...)}, {"DuckDB with hints", kqltest.DuckPruned(t, whole...)}} {
		t.Run(e.name, func(t *testing.T) { compareScoped(t, whole, own, e.engine) })
	}
}

func TestScopedEqualsOwnStoreInClickHouse(t *testing.T) {
	whole, own := scopedTables()
	compareScoped(t, whole, own, kqltest.Click(t, whole...))
}

func compareScoped(t *testing.T, whole, own []*kqltest.Table, engine sql.Backend) {
	for i := range scopedQueries {
		g := &generator{Rand: rand.New(rand.NewPCG(11, uint64(i))), tables: whole}
		node := g.query(1+g.IntN(4), 2)
		scoped, err := limited.Apply(node)
		if err != nil {
			t.Fatal(err)
		}
		want, err := read(node, own, nil, nil)
		if err != nil {
			t.Fatalf("query %d: %v", i, err)
		}
		rest, stmts := scoped, []*sql.Statement(nil)
		if engine != nil {
			rest, stmts = sql.Split(scoped, engine.Dialect())
		}
		got, err := read(rest, whole, engine, stmts)
		if err == nil {
			err = sameRows(node.Columns(), want, got, ordered(node))
		}
		if err != nil {
			t.Fatalf("query %d: %v\nplan:\n%s\n%s", i, err, show(scoped, 1), texts(stmts))
		}
	}
}

// scopedTables are tables of many places, and the rows of them in scope.
func scopedTables() (whole, own []*kqltest.Table) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, class := range []event.Class{event.ClassAudit, event.ClassProcess} {
		made := kqltest.Generate(r, class, 150)
		all := &kqltest.Table{Class: class, Fields: append(made.Fields[:len(made.Fields):len(made.Fields)], event.ByName("k8s.cluster"))}
		some := &kqltest.Table{Class: class, Fields: all.Fields}
		for _, row := range made.Rows {
			cluster, space := nearClusters[r.IntN(len(nearClusters))], nearSpaces[r.IntN(len(nearSpaces))]
			row = append(row, value.String(cluster))
			for i, f := range all.Fields {
				if f.Name == "k8s.namespace" {
					row[i] = value.String(space)
				}
			}
			all.Rows = append(all.Rows, row)
			if limited.Sees(cluster, space) {
				some.Rows = append(some.Rows, row)
			}
		}
		whole, own = append(whole, all), append(own, some)
	}
	return whole, own
}
