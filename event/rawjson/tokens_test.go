package rawjson

import (
	"encoding/json"
	"strings"
	"testing"
)

// names of the kinds of tokens in tests.
var tokenLetters = [...]string{ScalarToken: "s", NameToken: "n", OpenObject: "{", CloseObject: "}", OpenArray: "[", CloseArray: "]"}

func allTokens(doc []byte) (string, error) {
	var t Tokens
	var b strings.Builder
	for t.Reset(doc, 0); ; {
		tok, more, err := t.Next()
		if err != nil || !more {
			return b.String(), err
		}
		b.WriteString(tokenLetters[tok.Kind])
		if tok.Kind == NameToken || tok.Kind == ScalarToken {
			b.Write(tok.Raw)
		}
	}
}

func TestTokens(t *testing.T) {
	for _, test := range []struct{ doc, want string }{
		{`{"a":1,"b":[true, null,{"c":"x\n"}],"d":{}}`, `{n"a"s1n"b"[strues` + `null{n"c"s"x\n"}]n"d"{}}`},
		{` [ ] `, `[]`},
		{`"x"`, `s"x"`},
		{`[[],{}]`, `[[]{}]`},
	} {
		if got, err := allTokens([]byte(test.doc)); err != nil || got != test.want {
			t.Errorf("%s: got %s, %v, want %s", test.doc, got, err, test.want)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"b":null}],"":{}}`, `[1,]`, `{"a"}`, `{,}`, `[}`, `}`, `1 2`, `{"a":1,}`, `[,]`, `"\u00"`, `{]`, `[1 2]`, `{"a" 1}`, ``, `{"a":}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		_, err := allTokens(doc)
		if valid := Valid(doc, 0) == nil; valid != (err == nil) {
			t.Errorf("Valid says %v, tokens say %v", valid, err)
		}
		if err == nil && !json.Valid(doc) {
			t.Errorf("encoding/json refuses %q", doc)
		}
	})
}
