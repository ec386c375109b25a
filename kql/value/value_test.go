package value

import (
	"math"
	"testing"
)

func TestString(t *testing.T) {
	datetime := func(s string) Value { return Convert(String(s), TypeDatetime) }
	tests := []struct {
		in   Value
		want string
	}{
		{Bool(true), "true"}, {Long(math.MinInt64), "-9223372036854775808"}, {Null(TypeLong), ""}, {Real(1), "1.0"}, {Real(-0.25), "-0.25"}, {Real(1e15), "1e+15"}, {Real(1e-5), "1e-05"}, {Real(math.NaN()), "NaN"}, {Real(math.Inf(-1)), "-Infinity"},
		{datetime("2017-10-15 12:00"), "2017-10-15T12:00:00.0000000Z"}, {Datetime(MinDatetime), "0001-01-01T00:00:00.0000000Z"}, {Datetime(MaxDatetime), "9999-12-31T23:59:59.9999999Z"}, {Datetime(-1), "1969-12-31T23:59:59.9999999Z"},
		{Timespan(3 * TicksHour), "03:00:00"}, {Timespan(TicksDay + 2*TicksHour + 3*TicksMinute + 4*Ticks + 5), "1.02:03:04.0000005"}, {Timespan(-TicksHour), "-01:00:00"}, {Timespan(math.MinInt64), "-10675199.02:48:05.4775808"},
		{Dynamic(FromValue(String("a\"b"))), `a"b`}, {Dynamic(Array([]*Node{FromValue(String("a\"b\n\x01é")), nil, FromValue(Real(2)), FromValue(Timespan(1))})), `["a\"b\n\u0001é",null,2.0,"00:00:00.0000001"]`},
	}
	for _, tt := range tests {
		if got := tt.in.String(); got != tt.want {
			t.Errorf("%#v prints %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestParseDatetime(t *testing.T) {
	const noon = "2014-11-08T15:05:02.0000000Z"
	tests := map[string]string{
		"2014-11-08T15:05:02Z": noon, "2014-11-08 15:05:02": noon, "2014-11-08T17:05:02+02:00": noon, "2014-11-08T07:05:02-0800": noon, "Sat, 8 Nov 14 15:05:02 GMT": noon, "8 Nov 2014 15:05:02": noon,
		"Saturday, 08-Nov-14 15:05:02 UTC": noon, "11/08/2014 15:05:02": noon, "11/8/2014 3:05:02 PM": noon, "2014/11/08 15:05:02": noon, "20141108 15:05:02": noon, "Nov 8, 2014 15:05:02": noon,
		"2014-05-25T08:20:03.123456789Z": "2014-05-25T08:20:03.1234567Z", "2014-05-25": "2014-05-25T00:00:00.0000000Z", "2014": "2014-01-01T00:00:00.0000000Z", "2014-05": "2014-05-01T00:00:00.0000000Z", "2014-11-08 15:05": "2014-11-08T15:05:00.0000000Z",
		"": "", "x": "", "2014-13-01": "", "2014-02-30": "", "2014-11-08 25:00": "", "nonValidDateTime 08:40:01": "", "0000-01-01": "", "2014-11-08 15:05:02 Mars": "", "12345": "",
	}
	for in, want := range tests {
		if got := Convert(String(in), TypeDatetime).String(); got != want {
			t.Errorf("todatetime(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParseTimespan(t *testing.T) {
	tests := map[string]string{
		"0.00:03:00": "00:03:00", "1.02:03:04.0000005": "1.02:03:04.0000005", "-01:00:00": "-01:00:00", "01:30": "01:30:00", "1d": "1.00:00:00", "2h30m": "02:30:00", "1.5h": "01:30:00", "10tick": "00:00:00.0000010", "100ms": "00:00:00.1000000", "3microseconds": "00:00:00.0000030", "2": "2.00:00:00", "1:02:03:04": "1.02:03:04",
		"": "", "x": "", "25:00:00": "", "1:2:3:4:5": "", "5 parsecs": "", "9999999999999999d": "", "-": "", "99999999999999999d99999999999999999d": "",
	}
	for in, want := range tests {
		if got := Convert(String(in), TypeTimespan).String(); got != want {
			t.Errorf("totimespan(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestConvert(t *testing.T) {
	tests := []struct {
		in   Value
		to   Type
		want string
	}{
		{String("123"), TypeLong, "123"}, {String(" 0xFF "), TypeLong, "255"}, {String("2.9"), TypeInt, "2"}, {String("abc"), TypeLong, ""}, {Real(2.3), TypeInt, "2"}, {Real(1e30), TypeLong, ""}, {Long(3000000000), TypeInt, ""}, {Bool(true), TypeLong, "1"},
		{String("1e3"), TypeReal, "1000.0"}, {String("inf"), TypeReal, "Infinity"}, {String("0x1p4"), TypeReal, ""}, {String("TRUE"), TypeBool, "true"}, {String("0"), TypeBool, "false"}, {String("yes"), TypeBool, ""}, {Long(7), TypeBool, "true"},
		{String("1.50"), TypeDecimal, "1.5"}, {String("-1.2e3"), TypeDecimal, "-1200"}, {String("1e9999999"), TypeDecimal, ""}, {String("12345678901234567890123456789012345.6"), TypeDecimal, "12345678901234567890123456789012346"}, {Real(0.1), TypeDecimal, "0.1"},
		{String("74BE27DE-1E4E-49D9-B579-FE0B331D3642"), TypeGuid, "74be27de-1e4e-49d9-b579-fe0b331d3642"}, {String("{74be27de1e4e49d9b579fe0b331d3642}"), TypeGuid, "74be27de-1e4e-49d9-b579-fe0b331d3642"}, {String("74be27de"), TypeGuid, ""},
		{String(`{"a":1}`), TypeDynamic, `{"a":1}`}, {String("{"), TypeDynamic, "{"}, {String(""), TypeDynamic, ""}, {Dynamic(FromValue(String("5"))), TypeLong, "5"}, {Dynamic(Array(nil)), TypeLong, ""}, {Convert(String("2020-01-01"), TypeDatetime), TypeLong, "637134336000000000"}, {Long(637134336000000000), TypeDatetime, "2020-01-01T00:00:00.0000000Z"}, {Long(-1), TypeDatetime, ""},
	}
	for _, tt := range tests {
		got := Convert(tt.in, tt.to)
		if got.String() != tt.want || got.Type != tt.to {
			t.Errorf("%v to %s = %q of type %s, want %q", tt.in, tt.to, got, got.Type, tt.want)
		}
	}
}

func TestDecimal(t *testing.T) {
	d := func(s string) Value { v, _ := ParseDecimal(s); return v }
	tests := []struct {
		op   byte
		a, b string
		want string
	}{
		{'+', "0.1", "0.2", "0.3"}, {'-', "1", "1.5", "-0.5"}, {'*', "-1.5", "2", "-3"}, {'/', "1", "3", "0.3333333333333333333333333333333333"}, {'/', "-2", "-4", "0.5"}, {'/', "2", "-3", "-0.6666666666666666666666666666666667"}, {'/', "1", "0", ""}, {'%', "7.5", "2", "1.5"},
	}
	for _, tt := range tests {
		if got := DecimalOp(tt.op, d(tt.a), d(tt.b)).String(); got != tt.want {
			t.Errorf("%s %c %s = %q, want %q", tt.a, tt.op, tt.b, got, tt.want)
		}
	}
}

func TestOrder(t *testing.T) {
	dyn := func(s string) Value { return Convert(String(s), TypeDynamic) }
	for _, column := range [][]Value{
		{Null(TypeReal), Real(math.NaN()), Real(math.Inf(-1)), Real(0), Real(math.Inf(1))},
		{Null(TypeDynamic), dyn("1"), dyn("1.5"), dyn("2"), dyn(`"a"`), dyn(`"b"`), dyn("[1]"), dyn("[2]")},
		{String(""), String("A"), String("a")}, {Null(TypeBool), Bool(false), Bool(true)},
	} {
		for i := range column {
			for j := range column {
				if got := Order(column[i], column[j]); (got < 0) != (i < j) || (got > 0) != (i > j) {
					t.Errorf("Order(%v, %v) = %d", column[i], column[j], got)
				}
			}
		}
	}
	if c, ok := Compare(Long(math.MaxInt64), Real(math.MaxInt64)); c >= 0 || !ok {
		t.Error("2^63-1 must be less than 2^63")
	}
}

func TestKeys(t *testing.T) {
	same := [][2]Value{{Long(1), Int32(1)}, {Long(1), Real(1)}, {Real(0), Real(math.Copysign(0, -1))}, {Null(TypeLong), Null(TypeReal)}, {Real(math.NaN()), Real(-math.NaN())}}
	for _, p := range same {
		if string(p[0].AppendKey(nil)) != string(p[1].AppendKey(nil)) {
			t.Errorf("%v and %v have different keys", p[0], p[1])
		}
	}
	all := []Value{Null(TypeLong), String(""), String("0"), Long(0), Real(0.5), Bool(false), Timespan(0), Datetime(0), Dynamic(FromValue(String(""))), Dynamic(Array(nil)), Real(math.NaN()), {Type: TypeDecimal, Text: "0.5"}, {Type: TypeGuid, Text: "0"}}
	seen := map[string]Value{}
	for _, v := range all {
		k := string(v.AppendKey(nil))
		if other, ok := seen[k]; ok {
			t.Errorf("%#v and %#v have one key", v, other)
		}
		seen[k] = v
	}
}

func TestFold(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{{"ABC", "abc", true}, {"Ä", "ä", true}, {"a", "ab", false}, {"K", "k", true}, {"aé", "AÉ", true}, {"ß", "SS", false}, {"", "", true}}
	for _, tt := range tests {
		if got := EqualFold(tt.a, tt.b); got != tt.want || got != (Fold(tt.a) == Fold(tt.b)) {
			t.Errorf("EqualFold(%q, %q) = %v", tt.a, tt.b, got)
		}
	}
}
