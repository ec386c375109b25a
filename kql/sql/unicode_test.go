package sql_test

import (
	"context"
	"strings"
	"testing"
	"unicode"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/test/kqltest"
)

// Tables of all code points but NUL and surrogates, in each dialect.
const (
	duckRunes  = `(SELECT chr(CAST(i AS INTEGER)) AS process_name, i AS process_pid FROM range(1, 1114112) t(i) WHERE NOT (i BETWEEN 55296 AND 57343))`
	clickRunes = `(SELECT toInt64(number) AS process_pid, multiIf(number < 128, char(number), number < 2048, char(192 + intDiv(number, 64), 128 + number % 64),
		number < 65536, char(224 + intDiv(number, 4096), 128 + intDiv(number, 64) % 64, 128 + number % 64),
		char(240 + intDiv(number, 262144), 128 + intDiv(number, 4096) % 64, 128 + intDiv(number, 64) % 64, 128 + number % 64)) AS process_name
		FROM numbers(1, 1114111) WHERE NOT (number BETWEEN 55296 AND 57343))`
)

func TestDuckDBKnowsLetters(t *testing.T)     { letters(t, kqltest.Duck(t), duckRunes) }
func TestClickHouseKnowsLetters(t *testing.T) { letters(t, kqltest.Click(t), clickRunes) }

// letters holds that an engine has the same small letters, and the same
// letters and digits, as package value and package fn. Only letters that
// Unicode got after the version that Go knows may differ.
func letters(t *testing.T, engine sql.Backend, runes string) {
	g := &generator{}
	scan := &plan.Scan{Table: event.ClassProcess, Fields: []*event.Field{event.ByName("process.pid"), event.ByName("process.name")},
		Cols: []plan.Column{{Name: "process.pid", Type: value.TypeLong}, {Name: "process.name", Type: value.TypeString}}}
	text := &plan.Col{Index: 1, Of: scan.Cols[1]}
	node := &plan.Project{In: scan, Cols: []plan.Column{{Name: "n", Type: value.TypeLong}, {Name: "small", Type: value.TypeString}, {Name: "term", Type: value.TypeBool}},
		Exprs: []plan.Expr{&plan.Col{Index: 0, Of: scan.Cols[0]}, g.call("tolower", text), g.call("matches regex", text, &plan.Const{Value: value.String(`[\p{L}\p{Nd}]`)})}}
	_, stmts := sql.Split(node, engine.Dialect())
	s := *stmts[0]
	s.Text = strings.Replace(s.Text, "{{scan 0}}", runes, 1)
	rows, err := engine.Query(context.Background(), &s)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	row := make([]value.Value, 3)
	n, wrong := 0, 0
	for rows.Next(row) {
		n++
		r := rune(row[0].Int)
		term := unicode.IsLetter(r) || unicode.IsDigit(r)
		if want := value.Fold(string(r)); row[1].Text != want || row[2].True() != term {
			if unicode.Is(unicode.Cn, r) { // not assigned
				continue
			}
			if wrong++; wrong <= 20 {
				t.Errorf("%U: small form %q, letter or digit %t; want %q, %t", r, row[1].Text, row[2].True(), want, term)
			}
		}
	}
	if err := rows.Err(); err != nil || n != 1114111-2048 {
		t.Errorf("%d code points, %v", n, err)
	}
	if wrong > 0 {
		t.Errorf("%d code points differ", wrong)
	}
}
