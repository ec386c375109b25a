package bind

import (
	"bufio"
	"encoding/json"
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

type kustoCase struct {
	ID       string `json:"id"`
	KQL      string `json:"kql"`
	Tier     string `json:"tier"`
	Expected struct {
		Columns []string `json:"columns"`
		Types   []string `json:"column_types"`
	} `json:"expected"`
}

func kustoCases(tb testing.TB) []kustoCase {
	tb.Helper()
	f, err := os.Open(filepath.Join(require.Corpora(tb), "kql", "kusto_cases.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var out []kustoCase
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<22)
	for s.Scan() {
		var c kustoCase
		if err := json.Unmarshal(s.Bytes(), &c); err != nil {
			tb.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// dotnet are the types by which the published cases call the language's.
var dotnet = map[string]value.Type{
	"String": value.TypeString, "Int32": value.TypeInt, "Int64": value.TypeLong, "Double": value.TypeReal, "Object": value.TypeDynamic, "SByte": value.TypeBool,
	"DateTime": value.TypeDatetime, "TimeSpan": value.TypeTimespan, "Guid": value.TypeGuid, "SqlDecimal": value.TypeDecimal,
}

// testNow is the time of queries in tests: 2026-01-02 03:04:05.
const testNow = 1767323045 * value.Ticks

func bindOver(c Catalog, text string) (plan.Node, error) {
	q, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	return Bind(q, Options{Catalog: c, Now: testNow})
}

// TestKustoCasesBind compares the columns of bound plans with those that the
// published cases have; what is not supported must say so.
func TestKustoCasesBind(t *testing.T) {
	bound, unsupported := map[string]int{}, map[string]int{}
	for _, c := range kustoCases(t) {
		n, err := bindOver(Registry(), c.KQL)
		if err != nil {
			unsupported[c.Tier]++
			if !strings.Contains(err.Error(), "not supported") {
				t.Logf("%s (%s): %s", c.ID, c.Tier, syntax.Describe(err))
				if c.Tier != "exotic" {
					t.Errorf("%s: the error says not that something is unsupported", c.ID)
				}
			} else if c.Tier != "exotic" {
				t.Logf("%s: %s", c.ID, err)
			}
			continue
		}
		checkPlan(t, n)
		bound[c.Tier]++
		var names []string
		for _, col := range n.Columns() {
			names = append(names, col.Name)
		}
		if !slices.Equal(names, c.Expected.Columns) {
			t.Errorf("%s: columns %q, want %q", c.ID, names, c.Expected.Columns)
			continue
		}
		for i, col := range n.Columns() {
			if want := dotnet[c.Expected.Types[i]]; col.Type != want {
				t.Errorf("%s: column %s is %s, want %s", c.ID, col.Name, col.Type, want)
			}
		}
	}
	t.Logf("bound: %v, not supported: %v", bound, unsupported)
}
