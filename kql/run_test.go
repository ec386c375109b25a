package kql_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/test/kqltest"
)

// small is a catalogue of one table of three rows.
func small() (catalog, *kqltest.Table) {
	t := &kqltest.Table{Class: event.ClassProcess, Fields: kqltest.Fields(event.ClassProcess)}
	for i, name := range []string{"sh", "curl", "sh"} {
		t.Rows = append(t.Rows, []value.Value{value.Datetime(kqltest.Start + int64(i)*3600*value.Ticks), value.String(fmt.Sprintf("u%d", i)),
			value.String("root"), value.String("prod"), value.String(name + " -x"), value.String(name), value.Long(int64(10 + i))})
	}
	return catalog{"process": t.Scan()}, t
}

// all reads a result and prints its rows.
func all(r *kql.Result) []string {
	var out []string
	row := make([]value.Value, len(r.Columns()))
	for r.Next(row) {
		var cells []string
		for _, v := range row {
			cells = append(cells, v.String())
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

func TestRun(t *testing.T) {
	names, table := small()
	store := kqltest.Duck(t, table)
	tests := []struct {
		text string
		want []string
	}{
		{"print 1 + 1", []string{"2"}},
		{"process | count", []string{"3"}},
		{"process | where process.pid == toscalar(process | summarize max(process.pid)) | project process.name", []string{"sh"}},
		{"process | where process.name in ((process | where process.pid == 11 | project process.name)) | project metadata.uid", []string{"u1"}},
		{"process | where process.name !in ((process | where process.pid == 11 | project process.name)) | summarize make_set(metadata.uid)", []string{`["u0","u2"]`}},
		{"let s = materialize(process | where process.name == 'sh'); s | where process.pid > toscalar(s | summarize min(process.pid)) | project metadata.uid", []string{"u2"}},
		{"process | sort by time desc | take 2 | project metadata.uid", []string{"u2", "u1"}},
		{"process | join kind=inner (process | project process.name, other = process.pid) on process.name | where process.pid != other | summarize count() by process.name", []string{"sh 2"}},
		{"process | where reverse(process.name) == 'hs' and process.pid > 10 | project u = toupper(metadata.uid)", []string{"U2"}},
	}
	for _, tt := range tests {
		q, err := kql.Compile(tt.text, kql.Options{Catalog: names})
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		r, err := q.Run(context.Background(), store, kql.Limits{})
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		got := all(r)
		if err := errors.Join(r.Err(), r.Close()); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: have %q, want %q, %v\n%s", tt.text, got, tt.want, err, q.Explain(sql.DuckDB))
		}
	}
}

func TestWindow(t *testing.T) {
	names, table := small()
	start := time.Unix(kqltest.Start/value.Ticks, 0)
	q, err := kql.Compile("process | project metadata.uid", kql.Options{Catalog: names, Since: start.Add(time.Hour), Until: start.Add(2 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := q.Run(context.Background(), kqltest.Duck(t, table), kql.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := all(r); !slices.Equal(got, []string{"u1"}) {
		t.Errorf("have %q, want u1", got)
	}
	_, stmts := sql.Split(q.Plan(), sql.DuckDB)
	if s := stmts[0].Scans[0]; s.From != start.Add(time.Hour).UnixNano() || s.To > start.Add(2*time.Hour).UnixNano()+99 {
		t.Errorf("the scan is bounded by %d and %d", s.From, s.To)
	}
}

func TestLimits(t *testing.T) {
	names, table := small()
	store := kqltest.Duck(t, table)
	q, err := kql.Compile("process", kql.Options{Catalog: names})
	if err != nil {
		t.Fatal(err)
	}
	for limit, truncated := range map[int64]bool{2: true, 3: false, 0: false} {
		r, err := q.Run(context.Background(), store, kql.Limits{Rows: limit})
		if err != nil {
			t.Fatal(err)
		}
		n := len(all(r))
		if r.Truncated() != truncated || limit > 0 && int64(n) != limit || r.Err() != nil {
			t.Errorf("limit %d: %d rows, truncated %t, %v", limit, n, r.Truncated(), r.Err())
		}
		r.Close()
		if s := r.Stats(); s.Rows != int64(n) || s.Statements != 1 || s.Duration <= 0 {
			t.Errorf("limit %d: statistics %+v", limit, s)
		}
	}
	if _, err := q.Run(context.Background(), nil, kql.Limits{}); !errors.Is(err, kql.ErrNoStore) {
		t.Errorf("without a store: %v", err)
	}
	endless, err := kql.Compile("range x from 1 to 100000000000 step 1 | where x < 0", kql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := endless.Run(context.Background(), nil, kql.Limits{Timeout: 20 * time.Millisecond})
	if err == nil {
		all(r)
		err = errors.Join(r.Err(), r.Close())
	}
	if !errors.Is(err, kql.ErrTimeout) {
		t.Errorf("a timeout gives %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if r, err = endless.Run(ctx, nil, kql.Limits{}); err == nil {
		cancel()
		all(r)
		err = errors.Join(r.Err(), r.Close())
	}
	cancel()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gives %v", err)
	}
}

// TestManyValues holds that the values of "in (query)" mean the same as a list
// and as a table.
func TestManyValues(t *testing.T) {
	table := kqltest.Generate(rand.New(rand.NewPCG(3, 4)), event.ClassProcess, 50)
	store := kqltest.Duck(t, table)
	names := catalog{"process": table.Scan()}
	for _, op := range []string{"in", "!in", "in~", "!in~"} {
		count := func(upTo int) string {
			text := fmt.Sprintf("process | where process.name %s ((range x from 0 to %d step 1 | project iff(x == 7, 'Admin', iff(x == 8, 'a', strcat('v', x))))) | count", op, upTo)
			q, err := kql.Compile(text, kql.Options{Catalog: names})
			if err != nil {
				t.Fatal(err)
			}
			r, err := q.Run(context.Background(), store, kql.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			return strings.Join(all(r), ",")
		}
		if few, many := count(20), count(20_000); few != many {
			t.Errorf("%s: %s rows by a list, %s by a table", op, few, many)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	for _, text := range []string{"", "nothing", "process | where", "print f(", "process | where nope == 1"} {
		if _, err := kql.Compile(text, kql.Options{}); err == nil {
			t.Errorf("%q compiles", text)
		}
	}
}

func TestRender(t *testing.T) {
	q, err := kql.Compile("print x = 1 | render piechart", kql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := q.Render(); r == nil || r.Kind != "piechart" {
		t.Errorf("have %v", r)
	}
}
