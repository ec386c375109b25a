package run_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/kql/bind"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

type corpusCase struct {
	ID               string
	KQL              string
	Tier             string
	Ordered          bool
	Nondeterministic bool
	Expected         struct {
		Columns []string
		Rows    [][]json.RawMessage
	}
}

// noTables is a catalogue without tables: the cases bring their own.
type noTables struct{}

func (noTables) Table(string) (plan.Node, bool) { return nil, false }
func (noTables) Names() []string                { return nil }

func TestKustoCases(t *testing.T) {
	dir := filepath.Join(require.Corpora(t), "kql")
	text, err := os.ReadFile(filepath.Join(dir, "kusto_cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var c corpusCase
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		t.Run(c.Tier+"/"+filepath.Base(c.ID), func(t *testing.T) { runCase(t, c) })
	}
}

func runCase(t *testing.T, c corpusCase) {
	if c.Nondeterministic {
		t.Skip("its rows differ from run to run")
	}
	q, err := syntax.Parse(c.KQL)
	if err != nil {
		t.Skip("not supported:", err)
	}
	node, err := bind.Bind(q, bind.Options{Catalog: noTables{}})
	if err != nil {
		t.Skip("not supported:", err)
	}
	rows, err := run.Run(context.Background(), node, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	row := make([]value.Value, len(node.Columns()))
	for rows.Next(row) {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = canonical(cell(v))
		}
		got = append(got, strings.Join(cells, " | "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, r := range c.Expected.Rows {
		cells := make([]string, len(r))
		for i, raw := range r {
			cells[i] = canonical(raw)
		}
		want = append(want, strings.Join(cells, " | "))
	}
	if !c.Ordered {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\n got %s\nwant %s", c.KQL, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// cell writes a value as the corpus does.
func cell(v value.Value) []byte {
	switch {
	case v.Null:
		return []byte("null")
	case v.Type == value.TypeDatetime:
		return value.AppendQuoted(nil, v.Time().Format(time.RFC3339Nano))
	}
	return value.FromValue(v).AppendJSON(nil)
}

// canonical writes JSON with reals rounded to what the engines agree on.
func canonical(raw []byte) string {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	var v any
	if err := d.Decode(&v); err != nil {
		return string(raw)
	}
	b, _ := json.Marshal(rounded(v))
	return string(b)
}

func rounded(v any) any {
	switch v := v.(type) {
	case float64:
		if v != 0 && v != math.Trunc(v) {
			scale := math.Pow(10, 9-math.Ceil(math.Log10(math.Abs(v))))
			return math.Round(v*scale) / scale
		}
	case []any:
		for i := range v {
			v[i] = rounded(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = rounded(v[k])
		}
	}
	return v
}
