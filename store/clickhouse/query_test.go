package clickhouse

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
)

var _ sql.Backend = (*Store)(nil)

// statement makes a statement whose columns are "name:type".
func statement(text string, cols ...string) *sql.Statement {
	st := &sql.Statement{Text: text}
	for _, c := range cols {
		name, typ, _ := strings.Cut(c, ":")
		t, _ := value.ParseType(typ)
		st.Cols = append(st.Cols, plan.Column{Name: name, Type: t})
	}
	return st
}

// over gives a statement its scans.
func over(st *sql.Statement, scans ...sql.Scan) *sql.Statement {
	st.Scans = scans
	return st
}

// scanOf is a scan without hints.
func scanOf(c event.Class, columns ...string) sql.Scan {
	return sql.Scan{Table: c, Columns: columns, From: math.MinInt64, To: math.MaxInt64}
}

// query returns the rows as text: cells parted by blanks and a bar.
func query(t testing.TB, s *Store, st *sql.Statement) []string {
	t.Helper()
	out, err := tryQuery(s, st)
	if err != nil {
		t.Fatalf("%v\n%s", err, st.Text)
	}
	return out
}

func tryQuery(s *Store, st *sql.Statement) ([]string, error) {
	r, err := s.Query(context.Background(), st)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out []string
	row := make([]value.Value, len(st.Cols))
	for r.Next(row) {
		var cells []string
		for i, v := range row {
			switch {
			case v.Type != st.Cols[i].Type:
				cells = append(cells, "BAD TYPE "+v.Type.String())
			case v.Null:
				cells = append(cells, "null")
			default:
				cells = append(cells, v.String())
			}
		}
		out = append(out, strings.Join(cells, " | "))
	}
	return out, r.Err()
}

func TestQueryValues(t *testing.T) {
	s, _ := newStore(t, Options{})
	tests := []struct{ expr, typ, want string }{
		{"true", "bool", "true"},
		{"toUInt8(0)", "bool", "false"},
		{"CAST(NULL AS Nullable(Bool))", "bool", "null"},
		{"NULL", "bool", "null"},
		{"NULL", "long", "null"},
		{"NULL", "string", ""},
		{"NULL", "dynamic", "null"},
		{"toInt8(-128)", "int", "-128"},
		{"toInt32(2147483647)", "int", "2147483647"},
		{"toInt64('-9223372036854775808')", "long", "-9223372036854775808"},
		{"9223372036854775807", "long", "9223372036854775807"},
		{"count()", "long", "1"},
		{"CAST(NULL AS Nullable(Int64))", "long", "null"},
		{"toNullable(toInt64(5))", "long", "5"},
		{"0.1", "real", "0.1"},
		{"CAST(-0. AS Nullable(Float64))", "real", "-0.0"},
		{"nan", "real", "NaN"},
		{"-inf", "real", "-Infinity"},
		{"4.9e-324", "real", "5e-324"},
		{"1.7976931348623157e308", "real", "1.7976931348623157e+308"},
		{"toFloat32(0.5)", "real", "0.5"},
		{"toInt64(3)", "real", "3.0"},
		{"''", "string", ""},
		{"'Ünï 漢字 \U0001F600 \\0 \\n'", "string", "Ünï 漢字 \U0001F600 \x00 \n"},
		{"toLowCardinality('lc')", "string", "lc"},
		{"toFixedString('ab', 2)", "string", "ab"},
		{"repeat('x', 200000)", "string", strings.Repeat("x", 200000)},
		{"toInt64(17723232000000000)", "datetime", "2026-03-01T00:00:00.0000000Z"},
		{"toDateTime64('2026-03-01 00:00:00.123456', 6, 'UTC')", "datetime", "2026-03-01T00:00:00.1234560Z"},
		{"toDateTime64('1960-03-01 00:00:00.000000001', 9, 'UTC')", "datetime", "1960-03-01T00:00:00.0000000Z"},
		{"toInt64(-36000000000)", "timespan", "-01:00:00"},
		{`'{"a":[1,null,"x"]}'`, "dynamic", `{"a":[1,null,"x"]}`},
		{"'null'", "dynamic", "null"},
		{"CAST(NULL AS Nullable(String))", "dynamic", "null"},
		{"['a', 'b']", "dynamic", `["a","b"]`},
		{"[toInt64(1), NULL]", "dynamic", `[1,null]`},
		{"[[1.5], []]", "dynamic", `[[1.5],[]]`},
		{"[]", "dynamic", `[]`},
		{"toInt64(7)", "dynamic", "7"},
		{"toNullable(toInt64(7))", "dynamic", "7"},
	}
	for _, tt := range tests {
		got := query(t, s, statement("SELECT "+tt.expr+" AS c", "c:"+tt.typ))
		if len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s as %s: %q, want %q", tt.expr, tt.typ, got, tt.want)
		}
	}
}

func TestQueryErrors(t *testing.T) {
	s := migrated(t, Options{QueryMemory: 100 << 20})
	tests := []struct {
		text, typ string
		kind      error
		says      string
	}{
		{"SELECT nope AS c", "long", nil, "nope"},
		{"SELECT 'a' AS c", "long", nil, "another type than long"},
		{"SELECT 1 AS c, 2 AS d", "long", nil, "2 columns instead of 1"},
		{"SELECT toUInt64(18446744073709551615) AS c", "long", nil, "too large"},
		{"SELECT '{' AS c", "dynamic", nil, "not JSON"},
		{"SELECT map('a', 1) AS c", "dynamic", nil, "Map"},
		{"SELECT throwIf(number = 100000, 'late') AS c FROM numbers(200000)", "long", nil, "late"},
		{"SELECT 1 AS c FROM {{scan 0}}", "long", nil, "no scan for {{scan 0}}"},
		{"SELECT count() AS c FROM nowhere", "long", ErrMissing, ""},
		{"SELECT length(groupArray(number)) AS c FROM numbers(100000000)", "long", ErrMemory, ""},
		{"INSERT INTO audit (metadata_uid) VALUES ('x')", "long", ErrReadOnly, ""},
		{"DROP TABLE audit", "long", ErrReadOnly, ""},
		{"CREATE TABLE more (a Int8) ENGINE = Memory", "long", ErrReadOnly, ""},
		{"ALTER TABLE audit DELETE WHERE 1", "long", ErrReadOnly, ""},
		{"SELECT count() AS c FROM file('/etc/passwd', 'LineAsString')", "long", ErrReadOnly, ""},
		{"SELECT count() AS c FROM url('http://127.0.0.1:1/', 'LineAsString')", "long", ErrReadOnly, ""},
		{"SELECT 1 AS c SETTINGS max_execution_time = 0", "long", ErrReadOnly, ""},
		{"SELECT 1 AS c SETTINGS readonly = 0", "long", ErrReadOnly, ""},
	}
	for _, tt := range tests {
		_, err := tryQuery(s, statement(tt.text, "c:"+tt.typ))
		if tt.kind != nil {
			checkKind(t, err, tt.kind)
		} else {
			checkError(t, tt.text, err, tt.says)
		}
	}
	if got := ask(t, s, "SELECT count() FROM audit"); got != "0" {
		t.Errorf("a query wrote %s rows", got)
	}
	s.queryTime = 200 * time.Millisecond
	_, err := tryQuery(s, statement("SELECT count() AS c FROM system.numbers WHERE number % 7 = 8", "c:long"))
	checkKind(t, err, ErrTimeout)
	var limit *sql.LimitError
	if !errors.As(err, &limit) || limit.Limit != sql.LimitTime {
		t.Errorf("%v is no limit of time", err)
	}
	s.queryTime = time.Minute
	// What statements of package sql say of themselves is what they get anyhow.
	got := query(t, s, over(statement("SELECT count() AS c FROM {{scan 0}} SETTINGS join_use_nulls = 1, output_format_json_quote_64bit_integers = 0", "c:long"), scanOf(event.ClassAudit)))
	if len(got) != 1 || got[0] != "0" {
		t.Errorf("count: %q", got)
	}
}

func TestQueryCancel(t *testing.T) {
	s, _ := newStore(t, Options{QueryTimeout: 10 * time.Minute})
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := s.Query(ctx, statement("SELECT count() AS c FROM system.numbers WHERE number % 7 = 8", "c:long"))
	checkKind(t, err, context.DeadlineExceeded)
	if took := time.Since(start); took > 5*time.Minute {
		t.Errorf("ended after %s", took)
	}
}

func TestQueryRows(t *testing.T) {
	s, _ := newStore(t, Options{})
	r, err := s.Query(context.Background(), statement("SELECT toInt64(number) AS c, toString(number) AS d FROM numbers(100000)", "c:long", "d:string"))
	if err != nil {
		t.Fatal(err)
	}
	row := make([]value.Value, 2)
	n := int64(0)
	for r.Next(row) {
		if row[0].Int != n || row[1].String() != row[0].String() {
			t.Fatalf("row %d is %v", n, row)
		}
		n++
	}
	if n != 100000 || r.Err() != nil {
		t.Errorf("%d rows, %v", n, r.Err())
	}
	if rows, bytes := r.(interface{ Scanned() (int64, int64) }).Scanned(); rows != 100000 || bytes == 0 {
		t.Errorf("scanned %d rows, %d bytes", rows, bytes)
	}
	if r.Next(row) || r.Close() != nil || r.Next(row) {
		t.Error("rows after the end")
	}
	r, err = s.Query(context.Background(), statement("SELECT 1 AS c FROM numbers(3)"))
	if err != nil {
		t.Fatal(err)
	}
	for n = 0; r.Next(nil); n++ {
	}
	if n != 3 || r.Err() != nil {
		t.Errorf("%d rows without columns, %v", n, r.Err())
	}
	r.Close()
}
