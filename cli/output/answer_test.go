package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// tick is 2026-03-04T10:00:00Z in ticks.
const tick = 17726184000000000

func written(t *testing.T, form string, o TextOptions, r hunt.Render, cols []plan.Column, rows ...[]value.Value) string {
	t.Helper()
	var b bytes.Buffer
	w, err := NewAnswerWriter(form, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Begin(cols, r); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	sampleColumns = []plan.Column{{Name: "time", Type: value.TypeDatetime}, {Name: "user", Type: value.TypeString}, {Name: "requests", Type: value.TypeLong}, {Name: "sources", Type: value.TypeDynamic}}
	sampleRows    = [][]value.Value{
		{value.Datetime(tick), value.String("jane"), value.Long(12), value.Dynamic(value.Strings([]string{"10.0.0.1", "10.0.0.2"}))},
		{value.Datetime(tick + 2_500_000), value.String("e\x1b[31mve\n"), value.Long(1234), value.Null(value.TypeDynamic)},
	}
)

func TestTable(t *testing.T) {
	got := written(t, "table", TextOptions{}, hunt.Render{}, sampleColumns, sampleRows...)
	want := `time                    user           requests  sources
2026-03-04 10:00:00     jane                 12  10.0.0.1, 10.0.0.2
2026-03-04 10:00:00.25  e\x1b[31mve\n      1234
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got = written(t, "table", TextOptions{Width: 58}, hunt.Render{}, sampleColumns, sampleRows...)
	for _, l := range strings.Split(got, "\n") {
		if columns(l) > 58 {
			t.Errorf("%q is wider than 58 columns", l)
		}
	}
	got = written(t, "table", TextOptions{Width: 53}, hunt.Render{}, sampleColumns, sampleRows...)
	if !strings.Contains(got, "\n2026-03-04 10:00:00  e") || strings.Contains(got, "10:00:00.25") {
		t.Errorf("times are not shortened to seconds:\n%s", got)
	}
	got = written(t, "table", TextOptions{Width: 56}, hunt.Render{}, sampleColumns, sampleRows...)
	if strings.Contains(got, "── row") {
		t.Errorf("56 columns are enough for a table:\n%s", got)
	}
}

func TestTallTable(t *testing.T) {
	var cols []plan.Column
	var row []value.Value
	for i := range 20 {
		cols = append(cols, plan.Column{Name: fmt.Sprintf("column%d", i), Type: value.TypeString})
		text := strings.Repeat("word ", i)
		row = append(row, value.String(text))
	}
	got := written(t, "table", TextOptions{Width: 60}, hunt.Render{}, cols, row)
	if !strings.Contains(got, "── row 1 ") || !strings.Contains(got, "1 column without any value left out") || strings.Contains(got, "column0") {
		t.Errorf("\n%s", got)
	}
	for _, l := range strings.Split(got, "\n") {
		if columns(l) > 60 {
			t.Errorf("%q is wider than 60 columns", l)
		}
	}
}

// A value that is longer than a screen is cut there, and whole in a file.
func TestLongValue(t *testing.T) {
	long := strings.Repeat("0123456789", 200)
	for _, width := range []int{80, 0} {
		var cols []plan.Column
		var row []value.Value
		for i := range 10 {
			cols = append(cols, plan.Column{Name: fmt.Sprint("c", i), Type: value.TypeString})
			row = append(row, value.String(long))
		}
		got := written(t, "table", TextOptions{Width: width}, hunt.Render{}, cols, row)
		if whole := strings.Contains(got, "  "+long+"\n"); whole != (width == 0) || strings.Contains(got, "more lines") == whole {
			t.Errorf("width %d:\n%.600s", width, got)
		}
	}
}

func TestJSONRows(t *testing.T) {
	got := written(t, "json", TextOptions{}, hunt.Render{}, sampleColumns, sampleRows...)
	var docs []map[string]any
	if err := json.Unmarshal([]byte(got), &docs); err != nil || len(docs) != 2 || docs[1]["user"] != "e\x1b[31mve\n" || docs[1]["sources"] != nil {
		t.Errorf("%v: %s", err, got)
	}
	if strings.Contains(got, "\x1b") {
		t.Errorf("a control character is not escaped: %q", got)
	}
	if got := written(t, "json", TextOptions{}, hunt.Render{}, sampleColumns); got != "[]\n" {
		t.Errorf("no rows: %q", got)
	}
}

func TestParquetRows(t *testing.T) {
	cols := append(append([]plan.Column(nil), sampleColumns...), plan.Column{Name: "a_real", Type: value.TypeReal}, plan.Column{Name: "ok", Type: value.TypeBool})
	rows := [][]value.Value{
		append(append([]value.Value(nil), sampleRows[0]...), value.Real(1.5), value.Bool(true)),
		append(append([]value.Value(nil), sampleRows[1]...), value.Null(value.TypeReal), value.Null(value.TypeBool)),
	}
	b := []byte(written(t, "parquet", TextOptions{}, hunt.Render{}, cols, rows...))
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for i, field := range f.Schema().Fields() {
		if field.Name() != cols[i].Name {
			t.Errorf("column %d is %s, want %s", i, field.Name(), cols[i].Name)
		}
	}
	back := make([]parquet.Row, 2)
	if n, _ := f.RowGroups()[0].Rows().ReadRows(back); n != 2 {
		t.Fatalf("%d rows", n)
	}
	if back[0][0].Int64() != tick*100 || back[0][1].String() != "jane" || back[0][2].Int64() != 12 || back[0][3].String() != `["10.0.0.1","10.0.0.2"]` ||
		back[0][4].Double() != 1.5 || !back[1][3].IsNull() || !back[1][5].IsNull() {
		t.Errorf("%+v", back)
	}
}

func TestCharts(t *testing.T) {
	cols := []plan.Column{{Name: "who", Type: value.TypeString}, {Name: "n", Type: value.TypeLong}}
	got := written(t, "chart", TextOptions{Width: 40}, hunt.Render{Kind: "barchart"}, cols,
		[]value.Value{value.String("jane"), value.Long(1000)}, []value.Value{value.String("eve"), value.Long(250)})
	want := "jane  1,000  ███████████████████████████\neve     250  ██████▊\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	cols = []plan.Column{{Name: "time", Type: value.TypeDatetime}, {Name: "n", Type: value.TypeLong}}
	var rows [][]value.Value
	for i := range 30 {
		rows = append(rows, []value.Value{value.Datetime(tick + int64(i)*600_000_000), value.Long(int64(i * i))})
	}
	got = written(t, "chart", TextOptions{Width: 60}, hunt.Render{}, cols, rows...)
	if n := strings.Count(got, "\n"); n != chartHeight+1 || !strings.Contains(got, "2026-03-04 10:29:00") || !strings.HasPrefix(got, "      841 ") {
		t.Errorf("%d lines\n%s", n, got)
	}
	for _, l := range strings.Split(got, "\n") {
		if columns(l) > 60 {
			t.Errorf("%q is wider than 60 columns", l)
		}
	}
}

func TestNoChart(t *testing.T) {
	if _, err := newChartData([]plan.Column{{Name: "a", Type: value.TypeString}}, nil, hunt.Render{}); err == nil {
		t.Error("a chart of names alone")
	}
}
