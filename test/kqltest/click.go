package kqltest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/run"
	kqlsql "github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/test/clickhouse/chtest"
)

// Click loads tables into a database of ClickHouse, with the column types of
// the store's tables.
func Click(tb testing.TB, tables ...*Table) kqlsql.Backend {
	tb.Helper()
	base, database := chtest.Database(tb)
	for _, t := range tables {
		var cols []string
		for _, f := range t.Fields {
			cols = append(cols, `"`+f.Column()+`" `+clickType(f))
		}
		chtest.Exec(tb, base, database, "CREATE TABLE "+t.Class.String()+"("+strings.Join(cols, ", ")+") ENGINE = MergeTree ORDER BY tuple()")
		for _, batch := range batches(t, clickLiteral) {
			chtest.Exec(tb, base, database, "INSERT INTO "+t.Class.String()+" VALUES "+batch)
		}
	}
	return &click{base, database}
}

func clickType(f *event.Field) string {
	switch f.Type {
	case event.TypeInt:
		return "Nullable(Int64)"
	case event.TypeBool:
		return "Nullable(Bool)"
	case event.TypeTime:
		return "Nullable(DateTime64(6, 'UTC'))"
	case event.TypeStrings:
		return "Array(String)"
	}
	return "String"
}

func clickLiteral(f *event.Field, v value.Value) string {
	switch {
	case v.Null && f.Type == event.TypeStrings:
		return "[]"
	case v.Null && f.Type == event.TypeJSON:
		return "''"
	case v.Null:
		return "NULL"
	case f.Type == event.TypeStrings:
		var list []string
		for _, item := range v.Node.Items {
			list = append(list, quote(item.Scalar.Text, true))
		}
		return "[" + strings.Join(list, ", ") + "]"
	case v.Type == value.TypeDatetime:
		return fmt.Sprintf("fromUnixTimestamp64Micro(toInt64(%d), 'UTC')", v.Int/10)
	case v.Type == value.TypeString, v.Type == value.TypeDynamic:
		return quote(v.String(), true)
	}
	return literalOf(v)
}

type click struct{ base, database string }

func (c *click) Dialect() kqlsql.Dialect { return kqlsql.ClickHouse }

func (c *click) Query(ctx context.Context, s *kqlsql.Statement) (run.Rows, error) {
	text := placed(s.Text, c.database+".", classes(s))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/?database="+url.QueryEscape(c.database), strings.NewReader(text+" FORMAT TabSeparated"))
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		return nil, fmt.Errorf("ClickHouse: %s\n%s", body, text)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 64<<20)
	return &clickRows{s: s, body: answer.Body, lines: lines}, nil
}

type clickRows struct {
	s     *kqlsql.Statement
	body  io.ReadCloser
	lines *bufio.Scanner
	err   error
}

var tabUnescape = strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r", `\b`, "\b", `\f`, "\f", `\0`, "\x00", `\'`, "'")

func (r *clickRows) Next(dst []value.Value) bool {
	if r.err != nil || !r.lines.Scan() {
		return false
	}
	parts := strings.Split(r.lines.Text(), "\t")
	for i, c := range r.s.Cols {
		if dst[i], r.err = decode(c.Type, tabUnescape.Replace(parts[i]), parts[i] != `\N`); r.err != nil {
			r.err = fmt.Errorf("column %s: %w\n%s", c.Name, r.err, r.s.Text)
			return false
		}
	}
	return true
}

func (r *clickRows) Err() error {
	if r.err != nil {
		return r.err
	}
	return r.lines.Err()
}

func (r *clickRows) Close() error { return r.body.Close() }
