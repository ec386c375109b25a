package value

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseJSON(t *testing.T) {
	tests := map[string]string{
		`{"a":1,"b":[1,2.50,1e2,null,true],"a":2}`: `{"a":2,"b":[1,2.5,100.0,null,true]}`, ` [ ] `: "[]", "{}": "{}", `"\u00e9\ud83d\ude00\ud800\/"`: "\"é😀\ufffd/\"",
		"9223372036854775808": "9.223372036854776e+18", "-9223372036854775808": "-9223372036854775808", "-0": "0",
	}
	for in, want := range tests {
		n, ok := ParseJSON(in)
		if got := n.String(); !ok || got != want {
			t.Errorf("ParseJSON(%s) = %s, %v, want %s", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "{", "[1,]", "{a:1}", "01", "1.", "-", "nul", "[1] 2", `"\x"`, "\"\n\"", `{"a" 1}`, "1e", strings.Repeat("[", 1<<20), strings.Repeat("[", MaxDepth+2) + strings.Repeat("]", MaxDepth+2)} {
		if n, ok := ParseJSON(in); ok {
			t.Errorf("ParseJSON(%.20s) = %s", in, n)
		}
	}
}

func TestEqualNodes(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{{`{"a":1,"b":2}`, `{"b":2,"a":1.0}`, true}, {`{"a":1}`, `{"b":1}`, false}, {"[1,[null]]", "[1,[null]]", true}, {"[1]", "[1,2]", false}, {"1", `"1"`, false}, {"[]", "{}", false}}
	for _, tt := range tests {
		a, _ := ParseJSON(tt.a)
		b, _ := ParseJSON(tt.b)
		if EqualNodes(a, b) != tt.want || EqualNodes(b, a) != tt.want {
			t.Errorf("%s == %s is not %v", tt.a, tt.b, tt.want)
		}
	}
}

// FuzzJSON compares with encoding/json: what is accepted, what it means, and
// that printing gives the same document back.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5,"x\u00e9",null,true]}`, `"\ud83d\ude00"`, "-0.1e-7", "[[[]]]", `{"":{}}`, "1e400", `{"a":1,"a":2}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := ParseJSON(s)
		if !utf8.ValidString(s) || strings.Count(s, "[")+strings.Count(s, "{") > MaxDepth {
			return
		}
		if valid := json.Valid([]byte(s)); ok != valid {
			t.Fatalf("accepted is %v, valid is %v", ok, valid)
		}
		if !ok {
			return
		}
		text := n.String()
		again, ok := ParseJSON(text)
		if !ok || again.String() != text {
			t.Fatalf("%s prints as %s, that as %s", s, text, again)
		}
		var want, got any
		if err := json.Unmarshal([]byte(s), &want); err != nil {
			return // a number out of range
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%s prints as %s: %v", s, text, err)
		}
		if !reflect.DeepEqual(want, got) && !strings.Contains(text, "Infinity") {
			if f, isNumber := want.(float64); !isNumber || f != 0 || math.Abs(got.(float64)) != 0 {
				t.Fatalf("%s means %v, printed %v", s, want, got)
			}
		}
	})
}
