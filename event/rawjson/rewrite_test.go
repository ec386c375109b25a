package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// tag replaces strings by slot, key and text.
func tag(slot int, key []byte, leaf Leaf, dst []byte) ([]byte, bool) {
	if leaf.Kind != String {
		return dst, false
	}
	return AppendQuoted(dst, fmt.Appendf(nil, "%d %s=%s", slot, key, leaf.Text)), true
}

func TestRewrite(t *testing.T) {
	for _, test := range []struct {
		paths     []string
		doc, want string
	}{
		{[]string{"data.*"}, `{"data":{"a":"x","b.c":"y\n"},"d":"z"}`, `{"data":{"a":"0 a=x","b.c":"0 b.c=y\n"},"d":"z"}`},
		{[]string{"items.data.*"}, ` {"items":[{"data":{"a":"x"}},{"data":{"a":"y"}}] } `, ` {"items":[{"data":{"a":"0 a=x"}},{"data":{"a":"0 a=y"}}] } `},
		{[]string{"a", "a.b"}, `{"a":{"b":"x","c":["y",1,{"d":"z"}]}}`, `{"a":{"b":"1 b=x","c":["0 c=y",1,{"d":"0 d=z"}]}}`},
		{[]string{"status.token"}, `{"status":{"token":"x","\u0074oken":"y","token":7}}`, `{"status":{"token":"0 token=x","\u0074oken":"0 token=y","token":7}}`},
		{[]string{"a[0]"}, `{"a":["x","y"]}`, `{"a":["0 a=x","y"]}`},
		{[]string{"a[-1]"}, `{"a":["x","y"]}`, `{"a":["x","0 a=y"]}`},
		{[]string{"['\"']"}, `{"\"":"\u0001"}`, `{"\"":"0 \"=\u0001"}`},
		{[]string{"a"}, `{"b":"x"}`, `{"b":"x"}`},
		{[]string{"a"}, `{"a":null}`, `{"a":null}`},
		{[]string{"r.data.*"}, `{"r":[{"op":"test","path":"/data/p","value":"x"},{"value":{"k":"y"},"path":"/data","op":"add"}]}`,
			`{"r":[{"op":"test","path":"/data/p","value":"0 p=x"},{"value":{"k":"0 k=y"},"path":"/data","op":"add"}]}`},
		{[]string{"r.data.*"}, `{"r":[{"op":"add","path":"/data/p/0/q","value":["x"]},{"op":"add","path":"/x","value":"y"}]}`,
			`{"r":[{"op":"add","path":"/data/p/0/q","value":["0 q=x"]},{"op":"add","path":"/x","value":"y"}]}`},
		{[]string{"r.data.*", "r.value"}, `{"r":[{"path":"/x","value":"y"},"z"]}`, `{"r":[{"path":"/x","value":"1 value=y"},"z"]}`},
		{[]string{"r"}, `{"r":[{"path":"/x","value":"y"}]}`, `{"r":[{"path":"0 path=/x","value":"0 x=y"}]}`},
	} {
		r := NewRewriter(mustCompile(t, Options{PatchRoots: mustPaths(t, "r")}, test.paths...), tag)
		for range 2 {
			got, err := r.Rewrite(nil, []byte(test.doc))
			if err != nil {
				t.Errorf("%s in %s: %v", test.paths, test.doc, err)
			} else if string(got) != test.want {
				t.Errorf("%s in %s:\n got %s\nwant %s", test.paths, test.doc, got, test.want)
			}
		}
	}
}

func TestRewriteErrors(t *testing.T) {
	for _, doc := range []string{
		"", "{", `{"a":"x"`, `{"a":"x"}}`, `{"a":"\x"}`, `{"a":tru}`, `{"a":["x",]}`, `{"a":{"x":"y",}}`,
		`{"a":{"x" "y"}}`, `{"a":{"x":"y" "z"}}`, `{"a":["x" "y"]}`, `{"r":[{"path":}]}`,
		`{"a":` + strings.Repeat("[", 1000), `{"a":` + strings.Repeat(`{"a":`, 1000),
	} {
		r := NewRewriter(mustCompile(t, Options{PatchRoots: mustPaths(t, "r")}, "a"), tag)
		got, err := r.Rewrite(nil, []byte(doc))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || got != nil {
			t.Errorf("%.40q: got %.40q, %v", doc, got, err)
		}
	}
}

func TestRewriteDoesNotAllocate(t *testing.T) {
	docs := realEvents(t)
	x := mustCompile(t, Options{PatchRoots: mustPaths(t, "requestObject")}, secretPaths...)
	r := NewRewriter(x, func(_ int, _ []byte, _ Leaf, dst []byte) ([]byte, bool) { return dst, false })
	all := func() {
		for _, doc := range docs {
			got, err := r.Rewrite(nil, doc)
			if err != nil || &got[0] != &doc[0] {
				t.Fatalf("copied, %v", err)
			}
		}
	}
	all()
	if n := testing.AllocsPerRun(1, all); n != 0 {
		t.Errorf("%v allocations in %d events", n, len(docs))
	}
}

// secretPaths are paths such as redaction wants.
var secretPaths = []string{
	"requestObject.data.*", "requestObject.stringData.*", "requestObject.items.data.*", "requestObject.status.token",
	"responseObject.data.*", "responseObject.stringData.*", "responseObject.items.data.*", "responseObject.status.token",
	"requestObject.spec.containers.env.value", "responseObject.spec.containers.env.value",
	"requestObject.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration']",
}

func BenchmarkRewrite(b *testing.B) {
	docs := realEvents(b)
	x := mustCompile(b, Options{PatchRoots: mustPaths(b, "requestObject")}, secretPaths...)
	r := NewRewriter(x, func(_ int, _ []byte, _ Leaf, dst []byte) ([]byte, bool) {
		return append(dst, `"redacted"`...), true
	})
	var dst []byte
	b.SetBytes(totalSize(docs) / int64(len(docs)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		doc := docs[i%len(docs)]
		got, err := r.Rewrite(dst, doc)
		if err != nil {
			b.Fatal(err)
		}
		if &got[0] != &doc[0] {
			dst = got
		}
	}
}

// replaceBelow is the plain way to replace the strings at and below places.
func replaceBelow(v any, place string, places map[string]any, inside bool) any {
	_, at := places[place]
	inside = inside || at
	switch v := v.(type) {
	case string:
		if inside {
			return "replaced"
		}
	case map[string]any:
		for name, value := range v {
			v[name] = replaceBelow(value, fmt.Sprintf("%s %q", place, name), places, inside)
		}
	case []any:
		for i, value := range v {
			v[i] = replaceBelow(value, fmt.Sprintf("%s %d", place, i), places, inside)
		}
	}
	return v
}

func FuzzRewrite(f *testing.F) {
	f.Add([]byte(`{"data":{"a":"x","b":["y",{"c":"z"}]},"d":"w"}`), "data.*\nd")
	f.Add([]byte(`[{"a":{"a":"\u0061"}},"x",{"a":"1","a":{"b":"2"}}]`), "a.*\n[1]\n*.b")
	f.Add([]byte(`[{"op":"add","path":"/a/0","value":"x"}]`), "a\nvalue")
	f.Fuzz(func(t *testing.T, doc []byte, texts string) {
		var paths []Path
		for text := range strings.SplitSeq(texts, "\n") {
			if p, err := ParsePath(text); err == nil && len(p) <= 6 && len(paths) < 5 {
				paths = append(paths, p)
			}
		}
		replace := func(_ int, _ []byte, leaf Leaf, dst []byte) ([]byte, bool) {
			if leaf.Kind != String {
				return dst, false
			}
			return append(dst, `"replaced"`...), true
		}
		before := bytes.Clone(doc)
		for _, opts := range []Options{{}, {PatchRoots: []Path{{}}}} {
			x, err := Compile(paths, opts)
			if err != nil {
				t.Skip(err)
			}
			got, err := NewRewriter(x, replace).Rewrite(nil, doc)
			if !bytes.Equal(doc, before) {
				t.Fatal("the document was changed")
			}
			if err != nil {
				if json.Valid(doc) {
					checkOnlyDepth(t, doc, err)
				}
				continue
			}
			if !json.Valid(doc) || !json.Valid(got) {
				t.Fatalf("%q became %q", doc, got)
			}
			if len(opts.PatchRoots) > 0 || !utf8.Valid(doc) {
				continue
			}
			root := decode(t, doc)
			places := map[string]any{}
			for _, p := range paths {
				lookup(places, root, "", p, false)
			}
			want := replaceBelow(root, "", places, false)
			if !reflect.DeepEqual(decode(t, got), want) {
				t.Errorf("%v in %q:\n got %q\nwant %v", paths, doc, got, want)
			}
		}
	})
}
