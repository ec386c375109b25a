package audit

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

func TestArena(t *testing.T) {
	var a Arena
	for round := range 3 {
		var kept [][]byte
		for i := range 3000 {
			text := bytes.Repeat([]byte{byte(i)}, i%200)
			if i%1000 == 999 {
				text = bytes.Repeat([]byte{byte(i)}, 200000)
			}
			kept = append(kept, a.copy(text))
		}
		for i, text := range kept {
			if n := bytes.Count(text, []byte{byte(i)}); n != len(text) {
				t.Fatalf("round %d: text %d was overwritten", round, i)
			}
		}
		grown := a.keep(append(a.grow(1), make([]byte, 100)...))
		if len(grown) != 100 {
			t.Errorf("text that outgrew its room has %d bytes", len(grown))
		}
		a.Reset()
	}
	if len(a.pages) > keptPages {
		t.Errorf("%d pages are kept", len(a.pages))
	}
}

func TestInterner(t *testing.T) {
	in := newInterner()
	if _, ok := in.find([]byte("word")); ok {
		t.Error("a word is kept at first sight")
	}
	a, ok := in.find([]byte("word"))
	b, again := in.find([]byte("word"))
	if !ok || !again || a != "word" || b != a {
		t.Errorf("%q, %v, %q, %v", a, ok, b, again)
	}
	for range 3 {
		if _, ok := in.find(bytes.Repeat([]byte("x"), internLength+1)); ok {
			t.Error("a long word is kept")
		}
	}
	for i := range 100000 {
		for range 2 {
			if w, ok := in.find(fmt.Append(nil, i)); ok && w != fmt.Sprint(i) {
				t.Fatalf("%d became %s", i, w)
			}
		}
	}
}

func TestAccounts(t *testing.T) {
	var c accounts
	for range 2 {
		for _, test := range [][2]string{
			{"system:serviceaccount:a:b", "a/b"}, {"system:serviceaccount:a:", ""}, {"system:serviceaccount::b", ""},
			{"system:serviceaccount:a/b:c", ""}, {"system:serviceaccounts:a:b", ""}, {"alice", ""},
		} {
			if got, ok := c.of(test[0]); got != test[1] || ok != (test[1] != "") {
				t.Errorf("%s: %q, %v", test[0], got, ok)
			}
		}
	}
	for i := range 3 * keptAccounts {
		c.of(fmt.Sprintf("system:serviceaccount:n:s%d", i))
	}
	if len(c.short) > keptAccounts {
		t.Errorf("%d are remembered", len(c.short))
	}
}

func TestTargetOf(t *testing.T) {
	for _, test := range []struct{ method, resource, want string }{
		{"io.k8s.core.v1.pods.create", "", "create  v1  pods  "},
		{"io.k8s.apps.v1.deployments.scale.update", "", "update apps v1  deployments  scale"},
		{"io.k8s.authorization.rbac.v1.roles.get", "", "get rbac.authorization.k8s.io v1  roles  "},
		{"get", "x", "get      "},
		{"", "", "      "},
		{"a.v1.b.c", "core/v1/namespaces/n/pods/p/log", "c  v1 n pods p log"},
		{"a.v1.b.c", "core/v1/namespaces/n/status", "c  v1 n namespaces n status"},
		{"a.v1.b.c", "core/v1", "c a v1  b  "},
		{"a.v1.b.c", "/core/v1/nodes/", "c  v1  nodes  "},
	} {
		o := targetOf(test.method, test.resource)
		if got := strings.Join([]string{o.verb, o.group, o.version, o.namespace, o.resource, o.name, o.subresource}, " "); got != test.want {
			t.Errorf("%s %s: %q, want %q", test.method, test.resource, got, test.want)
		}
	}
}

// TestAdvice: the words that advice goes by are those of the reader of JSON.
func TestAdvice(t *testing.T) {
	for _, doc := range []string{`{"a":"b`, `{"a":`, strings.Repeat("[", 1000), `{} {}`, "{\"a\":\"\n\"}"} {
		err := rawjson.Valid([]byte(doc), 0).(*rawjson.SyntaxError)
		if text := advice(err.Msg); strings.Contains(text, err.Msg) {
			t.Errorf("%.20q: no advice for %q", doc, err.Msg)
		}
	}
	if got := advice("expected a value"); !strings.Contains(got, "expected a value") {
		t.Errorf("%q", got)
	}
}

func FuzzQuery(f *testing.F) {
	f.Add("/x?a=b&c=%20+&d;e=f&%zz=1&=&g")
	f.Fuzz(func(t *testing.T, uri string) {
		var a Arena
		for q := queryOf(uri); ; {
			name, value, ok := q.next()
			if !ok {
				return
			}
			if n := unescapeQuery(&a, name); len(n) > len(name) {
				t.Errorf("%q grew to %q", name, n)
			}
			unescapeQuery(&a, value)
		}
	})
}
