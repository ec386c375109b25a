package redact

import (
	"bytes"
	"strings"
	"testing"
)

func TestFragment(t *testing.T) {
	r := New([]byte("key"))
	marker := func(s string) string { return string(r.markers.append(nil, []byte(s))) }
	for in, want := range map[string]string{
		``:                                     ``,
		`{"kind":"Event","stage":"x","verb" :`: `{"kind":"Event","stage":"x","verb" :`,
		`{"auditID":"a-1","user":{"username":"jane"`:           `{"auditID":"a-1","user":{"username":"` + marker("jane") + `"`,
		`{"data":{"password":"aHVudGVyMg=="}}}`:                `{"data":{"` + marker("password") + `":"` + marker("aHVudGVyMg==") + `"}}}`,
		`ret","verb":"get"}`:                                   marker("ret") + `"` + marker(",") + `"` + marker("verb") + `"` + marker(":") + `"` + marker("get") + `"` + marker("}"),
		`{"code":403,"x":12345678,"y":true}`:                   `{"code":403,"` + marker("x") + `":` + marker("12345678") + `,"` + marker("y") + `":true}`,
		`{"verb":"two words","name":"cut`:                      `{"verb":"` + marker("two words") + `","name":"` + marker("cut"),
		`{"verb":{"a":"get"}}`:                                 `{"verb":{"` + marker("a") + `":"` + marker("get") + `"}}`,
		`{"verb":"` + strings.Repeat("a", 65) + `"}`:           `{"verb":"` + marker(strings.Repeat("a", 65)) + `"}`,
		"{\"name\":\"no end\n{\"stage\":\"ResponseComplete\"}": "{\"name\":\"" + marker("no end") + "\n{\"stage\":\"ResponseComplete\"}",
		"<html>hunter2</html>":                                 marker("<html>hunter2</html>"),
		`{"message":"a \" b","kind":"Event"}`:                  `{"message":"` + marker(`a \" b`) + `","kind":"Event"}`,
	} {
		if got := string(r.Fragment(nil, []byte(in), 1<<10)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", in, got, want)
		}
	}
	if got := r.Fragment(nil, []byte(`{"kind":"Event"}`), 7); string(got) != `{"kind"` && !bytes.HasPrefix(got, []byte(`{"`)) {
		t.Errorf("cut: %s", got)
	}
}

// FuzzFragment: a secret between two quotes is not in what is kept, whatever
// stands around it.
func FuzzFragment(f *testing.F) {
	f.Add([]byte(`{"kind":"Secret","data":{"a":`), []byte(`}}`))
	f.Add([]byte(`x","b":`), []byte(`,"verb":"get"`))
	f.Add([]byte(`"`), []byte(`"`))
	r := New([]byte("key"))
	const canary = "Canary+42="
	f.Fuzz(func(t *testing.T, before, after []byte) {
		text := append(append(append([]byte(nil), before...), `"`+canary+`"`...), after...)
		out := r.Fragment(nil, text, len(text))
		if bytes.Contains(out, []byte(canary)) {
			t.Fatalf("%q keeps %q", text, out)
		}
	})
}
