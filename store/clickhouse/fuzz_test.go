package clickhouse

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// answer writes names, types and data as the format RowBinaryWithNamesAndTypes has them.
func answer(types []string, data string) []byte {
	b := binary.AppendUvarint(nil, uint64(len(types)))
	for range types {
		b = append(b, 1, 'c')
	}
	for _, t := range types {
		b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
	}
	return append(b, data...)
}

// FuzzRows reads answers that no server gives: they end in an error or in rows of the right types, never in more than
// their length explains.
func FuzzRows(f *testing.F) {
	f.Add(answer([]string{"Nullable(Int64)", "String"}, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x03abc\x01\x00"), uint8(value.TypeLong), uint8(value.TypeString))
	f.Add(answer([]string{"Array(Array(Nullable(Float64)))", "LowCardinality(String)"}, "\x02\x00\x01\x01\x04null"), uint8(value.TypeDynamic), uint8(value.TypeDynamic))
	f.Add(answer([]string{"Array(Nothing)", "DateTime64(9, 'UTC')"}, "\xff\xff\xff\xff\x0f"), uint8(value.TypeDynamic), uint8(value.TypeDatetime))
	f.Add(answer([]string{"FixedString(999999999)", "Bool"}, "x"), uint8(value.TypeString), uint8(value.TypeBool))
	f.Add([]byte("\x02Code: 60. DB::Exception"), uint8(value.TypeReal), uint8(value.TypeTimespan))
	f.Fuzz(func(t *testing.T, data []byte, a, b uint8) {
		cols := []plan.Column{{Name: "a", Type: value.Type(a)}, {Name: "b", Type: value.Type(b)}}
		r, err := newRows(io.NopCloser(bytes.NewReader(data)), cols)
		if err != nil {
			return
		}
		defer r.Close()
		row := make([]value.Value, 2)
		n := 0
		for n <= len(data) && r.Next(row) {
			n++
			for i, v := range row {
				if v.Type != cols[i].Type {
					t.Fatalf("column %d of type %s has a %s", i, cols[i].Type, v.Type)
				}
			}
		}
		if n > len(data) {
			t.Fatalf("%d rows of %d bytes", n, len(data))
		}
	})
}

func TestParseType(t *testing.T) {
	tests := []struct {
		name string
		ok   bool
	}{
		{"Int64", true}, {"Nullable(UInt8)", true}, {"LowCardinality(Nullable(String))", true}, {"DateTime64(6, 'UTC')", true}, {"DateTime64(3)", true},
		{"Array(Array(String))", true}, {"FixedString(16)", true}, {"Nullable(Nothing)", true},
		{"", false}, {"Int128", false}, {"DateTime64(10)", false}, {"FixedString(0)", false}, {"FixedString(-1)", false}, {"Array(", false},
		{"Array(Map(String, Int8))", false}, {"Tuple(Int8)", false}, {strings.Repeat("Array(", 9) + "Int8" + strings.Repeat(")", 9), false},
		{strings.Repeat("Array(", 1e6), false},
	}
	for _, tt := range tests {
		if _, err := parseType(tt.name); (err == nil) != tt.ok {
			t.Errorf("parseType(%.60q): %v", tt.name, err)
		}
	}
}

func TestException(t *testing.T) {
	tests := []struct {
		code, status int
		text         string
		want         string
		kind         error
	}{
		{60, 404, "Code: 60. DB::Exception: Table a.b does not exist. (UNKNOWN_TABLE) (version 26.7.2.1)\n", "Table a.b does not exist. (60 UNKNOWN_TABLE)", ErrMissing},
		{0, 500, "Code: 241. DB::Exception: too much. (MEMORY_LIMIT_EXCEEDED)", "too much. (241 MEMORY_LIMIT_EXCEEDED)", ErrMemory},
		{62, 400, "Code: 62. DB::Exception: Syntax error", "ClickHouse: Syntax error (62)", nil},
		{0, 502, "<html>Bad gateway</html>", "502 Bad Gateway: <html>", ErrUnavailable},
		{0, 401, "", "401 Unauthorized", ErrDenied},
		{0, 404, "nothing here", "404 Not Found", nil},
		{516, 403, "Code: 516. DB::Exception: x: Authentication failed. (AUTHENTICATION_FAILED)", "516", ErrDenied},
	}
	for _, tt := range tests {
		err := newException(tt.code, tt.status, tt.text)
		checkError(t, tt.text, err, tt.want)
		for _, kind := range []error{ErrMissing, ErrMemory, ErrUnavailable, ErrDenied, ErrTimeout, ErrReadOnly} {
			if errors.Is(err, kind) != (kind == tt.kind) {
				t.Errorf("%q is %v: %v", tt.text, kind, errors.Is(err, kind))
			}
		}
	}
}
