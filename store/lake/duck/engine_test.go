//go:build cgo

package duck

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/bench/synth"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/store/lake"
)

// start is when the events of tests begin.
var start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// openLake returns a lake in which each call of fill adds a segment's events.
func openLake(tb testing.TB, fills ...func(add func(*event.Event))) *lake.Lake {
	tb.Helper()
	l, _, err := lake.Open(context.Background(), lake.Options{Dir: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
	})
	for i, fill := range fills {
		a := l.Begin("p", uint64(i+1), uint64(i+1))
		fill(func(e *event.Event) {
			if err := a.Add(e); err != nil {
				tb.Fatal(err)
			}
		})
		if err := a.Commit(context.Background()); err != nil {
			tb.Fatal(err)
		}
	}
	return l
}

func openEngine(tb testing.TB, l *lake.Lake, o Options) *Engine {
	tb.Helper()
	snap, err := l.Pin(context.Background(), lake.All(event.ClassAudit))
	if err != nil {
		tb.Fatal(err)
	}
	defer snap.Release()
	for _, f := range snap.Files {
		o.Directories = append(o.Directories, filepath.Dir(f.Path))
	}
	e, err := Open(l, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := e.Close(); err != nil {
			tb.Error(err)
		}
	})
	return e
}

func scan(columns ...string) sql.Scan {
	return sql.Scan{Table: event.ClassAudit, Columns: columns, From: math.MinInt64, To: math.MaxInt64}
}

func columns(types ...value.Type) []plan.Column {
	var out []plan.Column
	for i, t := range types {
		out = append(out, plan.Column{Name: fmt.Sprint("c", i), Type: t})
	}
	return out
}

// ask runs a statement and returns its rows as text.
func ask(e *Engine, s *sql.Statement) ([]string, error) {
	rows, err := e.Query(context.Background(), s)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	row := make([]value.Value, len(s.Cols))
	for rows.Next(row) {
		var words []string
		for _, v := range row {
			switch {
			case v.Null:
				words = append(words, "null")
			case v.Type == value.TypeString:
				words = append(words, v.Text)
			default:
				words = append(words, fmt.Sprint(v.Int))
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return out, rows.Err()
}

func audits(from, n int64) func(add func(*event.Event)) {
	return func(add func(*event.Event)) {
		s := synth.New(synth.Options{Start: start, Rate: 100, Mix: synth.Mix{Audit: 100}, First: from})
		var e event.Event
		for range n {
			s.Next(&e)
			add(&e)
		}
	}
}

func TestQuery(t *testing.T) {
	e := openEngine(t, openLake(t, audits(0, 300), audits(300, 200)), Options{})
	got, err := ask(e, &sql.Statement{
		Text: "SELECT count(*), count(DISTINCT metadata_uid), min(api_response_code) FROM {{scan 0}}", Scans: []sql.Scan{scan("metadata_uid", "api_response_code")},
		Cols: columns(value.TypeLong, value.TypeLong, value.TypeLong),
	})
	if err != nil || len(got) != 1 || got[0] != "500 500 200" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestNothingToRead(t *testing.T) {
	e := openEngine(t, openLake(t), Options{})
	got, err := ask(e, &sql.Statement{
		Text: "SELECT actor_user_name, time FROM {{scan 0}}", Scans: []sql.Scan{scan("actor_user_name", "time")}, Cols: columns(value.TypeString, value.TypeDatetime),
	})
	if err != nil || len(got) != 0 {
		t.Fatalf("got %q, %v", got, err)
	}
	got, err = ask(e, &sql.Statement{Text: "SELECT count(*) FROM {{scan 0}}", Scans: []sql.Scan{scan()}, Cols: columns(value.TypeLong)})
	if err != nil || got[0] != "0" {
		t.Fatalf("got %q, %v", got, err)
	}
}

// TestLatestRevision holds that of a request's stages only the last is seen.
func TestLatestRevision(t *testing.T) {
	stage := func(id, stage string, revision int64) func(add func(*event.Event)) {
		return func(add func(*event.Event)) {
			var e event.Event
			e.Reset(event.ClassAudit)
			event.MetadataUID.Set(&e, id)
			event.MetadataRevision.Set(&e, revision)
			event.AuditStage.Set(&e, stage)
			event.Time.Set(&e, start.UnixNano())
			event.ReceivedTime.Set(&e, start.UnixNano())
			add(&e)
		}
	}
	e := openEngine(t, openLake(t,
		stage("a", "ResponseStarted", 0), stage("b", "ResponseComplete", 0), stage("a", "ResponseComplete", 1), stage("c", "ResponseStarted", 0),
		stage("d", "RequestReceived", 0), stage("d", "ResponseStarted", 1),
	), Options{})
	got, err := ask(e, &sql.Statement{
		Text: "SELECT metadata_uid, audit_stage FROM {{scan 0}} ORDER BY 1", Scans: []sql.Scan{scan("metadata_uid", "audit_stage")}, Cols: columns(value.TypeString, value.TypeString),
	})
	want := "a ResponseComplete,b ResponseComplete,c ResponseStarted,d ResponseStarted"
	if err != nil || strings.Join(got, ",") != want {
		t.Fatalf("got %q, %v, want %q", got, err, want)
	}
}

// TestNewest holds that the latest rows found in windows are those of the
// whole table, wherever they lie and however many the condition leaves.
func TestNewest(t *testing.T) {
	var fills []func(add func(*event.Event))
	for i := range int64(12) {
		fills = append(fills, audits(i*150, 200)) // neighbours overlap
	}
	l := openLake(t, fills...)
	e := openEngine(t, l, Options{})
	for _, condition := range []string{"true", "api_response_code = 403", "api_response_code = 403 AND api_operation = 'delete'", "false"} {
		for _, n := range []int64{1, 7, 100, 5000} {
			text := fmt.Sprintf("SELECT metadata_uid, epoch_us(time) FROM {{scan 0}} WHERE %s ORDER BY time DESC, metadata_uid DESC LIMIT %d", condition, n)
			s := scan("metadata_uid", "time", "api_response_code", "api_operation")
			cols := columns(value.TypeString, value.TypeLong)
			want, err := ask(e, &sql.Statement{Text: text, Scans: []sql.Scan{s}, Cols: cols})
			if err != nil {
				t.Fatal(err)
			}
			s.Newest = n
			got, err := ask(e, &sql.Statement{Text: text, Scans: []sql.Scan{s}, Cols: cols})
			if err != nil || strings.Join(got, ",") != strings.Join(want, ",") {
				t.Errorf("latest %d where %s: %d rows, %v; want %d", n, condition, len(got), err, len(want))
			}
		}
	}
}

// TestConfined holds that a statement can neither write, nor read anything
// but segments, nor change what confines it.
func TestConfined(t *testing.T) {
	e := openEngine(t, openLake(t, audits(0, 10)), Options{})
	for _, text := range []string{
		"SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM read_csv('/proc/self/environ')", "SELECT * FROM glob('/*')",
		"COPY (SELECT 1) TO 'x.parquet'", "SET memory_limit='90GB'", "CREATE TABLE t (i INT)", "ATTACH 'x.db'", "INSTALL httpfs", "LOAD httpfs",
		"SELECT * FROM read_parquet('https://203.0.113.1/x.parquet')", "SELECT 1; DROP TABLE x", "PRAGMA database_list",
	} {
		if got, err := ask(e, &sql.Statement{Text: text, Cols: columns(value.TypeString)}); err == nil {
			t.Errorf("%s was run: %q", text, got)
		}
	}
}

func TestLimits(t *testing.T) {
	l := openLake(t, audits(0, 10))
	forever := &sql.Statement{Text: "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3", Cols: columns(value.TypeLong)}
	e := openEngine(t, l, Options{Timeout: 100 * time.Millisecond})
	var limit *sql.LimitError
	if _, err := ask(e, forever); !errors.As(err, &limit) || limit.Limit != sql.LimitTime || !strings.Contains(limit.Text, "longer than 100ms") {
		t.Errorf("deadline: %v", err)
	}
	e = openEngine(t, l, Options{Memory: 32 << 20})
	if _, err := ask(e, &sql.Statement{Text: "SELECT max(n) FROM (SELECT md5(range::VARCHAR) AS k, count(*) AS n FROM range(3000000) GROUP BY 1)", Cols: columns(value.TypeLong)}); !errors.As(err, &limit) || limit.Limit != sql.LimitMemory || !strings.Contains(limit.Text, "32 MB") {
		t.Errorf("memory: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := e.Query(ctx, forever); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	// What ended badly leaves room for others.
	if got, err := ask(e, &sql.Statement{Text: "SELECT 42", Cols: columns(value.TypeLong)}); err != nil || got[0] != "42" {
		t.Errorf("afterwards: %q, %v", got, err)
	}
}
