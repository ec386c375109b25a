package rawjson

import (
	"encoding/json"
	"testing"
)

func TestAppendUnquoted(t *testing.T) {
	for _, test := range []struct {
		literal, want string
		ok            bool
	}{
		{`""`, "", true},
		{`"a\"\\\/\b\f\n\r\t\u00E9"`, "a\"\\/\b\f\n\r\té", true},
		{`"\ud83d\ude00\ude00\ud83d"`, "😀\uFFFD\uFFFD", true},
		{`"\ud83d\ud83d\ude00"`, "\uFFFD😀", true},
		{`"\`, "", false},
		{`"\"`, "", false},
		{`"\u12"`, "", false},
		{`"\x"`, "", false},
		{`"`, "", false},
	} {
		got, ok := AppendUnquoted([]byte("+"), []byte(test.literal))
		if string(got) != "+"+test.want || ok != test.ok {
			t.Errorf("AppendUnquoted(%q) = %q, %v", test.literal, got, ok)
		}
	}
}

func FuzzQuote(f *testing.F) {
	for _, seed := range []string{"", "a\"b\\c\n", "\x00\x1f\x7f", "é\xff😀\xf0\x9f", "\u2028<>&"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		literal := AppendQuoted(nil, text)
		var want string
		if err := json.Unmarshal(literal, &want); err != nil {
			t.Fatalf("%q is quoted as %q: %v", text, literal, err)
		}
		got, ok := AppendUnquoted(nil, literal)
		if !ok || string(got) != want {
			t.Errorf("%q reads as %q, %v, want %q", literal, got, ok, want)
		}
		if leaf := (Leaf{Kind: String, Text: text}); leaf.String() != want {
			t.Errorf("%q as a string is %q, want %q", text, leaf.String(), want)
		}
	})
}
