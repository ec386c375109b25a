package hunt

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

func TestAppendValue(t *testing.T) {
	tests := []struct {
		in   value.Value
		want string
	}{
		{value.Null(value.TypeLong), "null"},
		{value.Bool(true), "true"},
		{value.Int32(-3), "-3"},
		{value.Long(math.MaxInt64), "9223372036854775807"},
		{value.Real(1), "1.0"},
		{value.Real(math.NaN()), `"NaN"`},
		{value.Real(math.Inf(-1)), `"-Infinity"`},
		{value.String("a\"\\\n\x1b\u202eé"), `"a\"\\\n\u001b\u202eé"`},
		{value.String("bad \xff byte"), `"bad ` + "\ufffd" + ` byte"`},
		{value.Datetime(0), `"1970-01-01T00:00:00.0000000Z"`},
		{value.Timespan(36_000_000_000), `"01:00:00"`},
		{value.Dynamic(nil), "null"},
		{value.Dynamic(value.Strings([]string{"a", "\u200b"})), `["a","\u200b"]`},
	}
	for _, tt := range tests {
		got := string(AppendValue(nil, tt.in))
		if got != tt.want || !json.Valid([]byte(got)) {
			t.Errorf("%+v: %s, want %s", tt.in, got, tt.want)
		}
	}
}

// What is written is read back, and then written as the same bytes.
func FuzzRow(f *testing.F) {
	f.Add("text", int64(1), 1.5, true, `{"a":[1,2.0,"x",null]}`)
	f.Add("\x00\xff", int64(math.MinInt64), math.Inf(1), false, `"s"`)
	cols := []plan.Column{
		{Name: "s", Type: value.TypeString}, {Name: "l", Type: value.TypeLong}, {Name: "r", Type: value.TypeReal}, {Name: "b", Type: value.TypeBool},
		{Name: "d", Type: value.TypeDynamic}, {Name: "t", Type: value.TypeDatetime}, {Name: "ts", Type: value.TypeTimespan},
	}
	f.Fuzz(func(t *testing.T, s string, n int64, r float64, b bool, doc string) {
		node, _ := value.ParseJSON(doc)
		row := []value.Value{
			value.String(s), value.Long(n), value.Real(r), value.Bool(b), value.Dynamic(node),
			value.Datetime(n % (250_000 * 86400 * value.Ticks)), value.Timespan(n),
		}
		line := AppendRow(nil, row)
		if !json.Valid(line) {
			t.Fatalf("%q is no JSON", line)
		}
		back := make([]value.Value, len(cols))
		if err := ReadRow(line, cols, back); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if again := string(AppendRow(nil, back)); again != string(line) {
			t.Errorf("%s came back as %s", line, again)
		}
	})
}

func FuzzReadRow(f *testing.F) {
	f.Add([]byte(`[1,"2026-01-01T00:00:00Z",null]`))
	cols := []plan.Column{{Name: "l", Type: value.TypeLong}, {Name: "t", Type: value.TypeDatetime}, {Name: "d", Type: value.TypeDynamic}}
	f.Fuzz(func(t *testing.T, in []byte) {
		dst := make([]value.Value, len(cols))
		if err := ReadRow(in, cols, dst); err == nil {
			AppendRow(nil, dst)
		}
	})
}

func TestParseSpan(t *testing.T) {
	for in, want := range map[string]string{"90m": "1h30m0s", "2h": "2h0m0s", "3d": "72h0m0s", "0.5d": "12h0m0s"} {
		if got, err := ParseSpan(in); err != nil || got.String() != want {
			t.Errorf("ParseSpan(%q) = %v, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "soon", "0", "-1h", "1e99d", "d", "NaNd", "Infd"} {
		if got, err := ParseSpan(in); err == nil {
			t.Errorf("ParseSpan(%q) = %v", in, got)
		}
	}
}

func BenchmarkAppendRow(b *testing.B) {
	row := []value.Value{
		value.Datetime(17726184000000000), value.String("system:serviceaccount:shop:cart"), value.String("list"), value.String("secrets"),
		value.String("shop"), value.Long(200), value.String("10.0.0.1"), value.Dynamic(value.Strings([]string{"a", "b"})),
	}
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf = AppendRow(buf[:0], row)
	}
	b.SetBytes(int64(len(buf)))
}
