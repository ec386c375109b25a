package bind

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// azureCatalog has the tables of the published schemas. Its scans name no
// table of the store: they are bound only, never run.
type azureCatalog map[string]*plan.Scan

func (c azureCatalog) Table(name string) (plan.Node, bool) {
	s, ok := c[name]
	return s, ok
}

func (c azureCatalog) Names() []string { return slices.Sorted(maps.Keys(c)) }

func readAzureCatalog(tb testing.TB) azureCatalog {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(require.Corpora(tb), "kql", "azure_monitor_schemas.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var tables []struct {
		Table   string
		Columns []struct{ Name, Type string }
	}
	if err := json.Unmarshal(data, &tables); err != nil {
		tb.Fatal(err)
	}
	out := azureCatalog{}
	for _, t := range tables {
		s := &plan.Scan{}
		for _, c := range t.Columns {
			typ, ok := value.ParseType(c.Type)
			if !ok {
				typ = value.TypeDynamic
			}
			if _, double := rowOf(s.Cols).col(c.Name); !double {
				s.Cols = append(s.Cols, plan.Column{Name: c.Name, Type: typ})
			}
		}
		out[t.Table] = s
	}
	return out
}

// TestAzureQueriesBind binds the published queries whose tables have
// published schemas.
func TestAzureQueriesBind(t *testing.T) {
	cat := readAzureCatalog(t)
	f, err := os.Open(filepath.Join(require.Corpora(t), "kql", "azure_monitor_queries.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<22)
	tried, bound, unsupported, unknown := 0, 0, 0, 0
	for s.Scan() {
		var q struct{ ID, Table, KQL string }
		if err := json.Unmarshal(s.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		if _, ok := cat[q.Table]; !ok {
			continue
		}
		tree, err := syntax.Parse(q.KQL)
		if err != nil {
			continue
		}
		tried++
		n, err := Bind(tree, Options{Catalog: cat, Now: testNow})
		switch {
		case err == nil:
			bound++
			checkPlan(t, n)
		case strings.Contains(err.Error(), "not supported"):
			unsupported++
			t.Logf("%s: %s", q.ID, err)
		case strings.Contains(err.Error(), "there is no column") || strings.Contains(err.Error(), "there is no table"):
			unknown++ // the schemas are not complete
		default:
			t.Errorf("%s: %s", q.ID, syntax.Describe(err))
		}
	}
	t.Logf("%d tried: %d bound, %d not supported, %d with columns or tables that have no published schema", tried, bound, unsupported, unknown)
	if bound+unknown < tried*95/100 {
		t.Errorf("of %d queries %d are not supported", tried, unsupported)
	}
}
