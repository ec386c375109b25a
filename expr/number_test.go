package expr

import (
	"math"
	"testing"
)

func TestParseNumber(t *testing.T) {
	tests := []struct {
		text string
		want number
	}{
		{"0", wholeNumber(0)},
		{"-0", wholeNumber(0)},
		{"+7", wholeNumber(7)},
		{"007", wholeNumber(7)},
		{"9223372036854775807", wholeNumber(math.MaxInt64)},
		{"-9223372036854775808", wholeNumber(math.MinInt64)},
		{"9223372036854775808", number{f: 9223372036854775808}},
		{"18446744073709551616", number{f: 18446744073709551616}},
		{"1.0", number{f: 1}},
		{"1e3", number{f: 1000}},
		{"-2.5E-1", number{f: -0.25}},
		{"1e999", number{f: math.Inf(1)}},
	}
	for _, tt := range tests {
		if got, ok := parseNumber(tt.text); !ok || got != tt.want {
			t.Errorf("%s: %+v %v, want %+v", tt.text, got, ok, tt.want)
		}
	}
	for _, text := range []string{"", "-", "+", ".5", "5.", "1e", "1e+", "1.e3", "0x10", "1_000", "Inf", "NaN", " 1", "1 ", "--1"} {
		if n, ok := parseNumber(text); ok {
			t.Errorf("%q is %+v", text, n)
		}
	}
}

func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"1", "1.0", 0}, {"9223372036854775806", "9223372036854775807", -1}, {"2", "10", -1}, {"-1", "-1.5", 1}, {"1e999", "5", 1}} {
		a, _ := parseNumber(tt.a)
		b, _ := parseNumber(tt.b)
		if got := compare(a, b); got != tt.want {
			t.Errorf("%s against %s: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
