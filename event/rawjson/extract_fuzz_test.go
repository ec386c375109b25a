package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// lookup is the plain reading of a path: the leaves it leads to in a decoded
// document, each under its place.
func lookup(found map[string]any, v any, place string, p Path, indexed bool) {
	if len(p) == 0 {
		found[place] = v
	}
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			for _, rest := range lookupName(name, p) {
				lookup(found, value, fmt.Sprintf("%s %q", place, name), rest, false)
			}
		}
	case []any:
		for i, value := range v {
			at := fmt.Sprintf("%s %d", place, i)
			lookup(found, value, at, p, true)
			if len(p) > 0 && p[0].Kind == StepIndex && !indexed && (p[0].Index == i || p[0].Index == i-len(v)) {
				lookup(found, value, at, p[1:], false)
			}
		}
	}
}

// lookupName gives what can remain of p below a member.
func lookupName(name string, p Path) []Path {
	if len(p) == 0 {
		return nil
	}
	switch {
	case p[0].Kind == StepAnyKey, p[0].Kind == StepKey && p[0].Exact && p[0].Name == name:
		return []Path{p[1:]}
	case p[0].Kind == StepIndex || p[0].Exact:
		return nil
	}
	var rests []Path
	joined := ""
	for i, s := range p {
		if s.Kind != StepKey || s.Exact {
			break
		}
		if i > 0 {
			joined += "."
		}
		if joined += s.Name; joined == name {
			rests = append(rests, p[i+1:])
		}
	}
	return rests
}

func decode(t *testing.T, doc []byte) any {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", doc, err)
	}
	return v
}

func encode(t *testing.T, v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func FuzzExtract(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1,"x",null,{"c":true}]},"a.b":"\u00e9"}`), "a.b\na\n*.b.c\na.b[0]\na.b[-1]")
	f.Add([]byte(`{"a":1,"b":2,"\u0061":[],"a":{"a":{"a":1}}}`), "a.a\n*.a\n*\na.a.a\na.*.a")
	f.Add([]byte(`[[[{"x.y.z":1}],[2]],"\ud800"]`), "x.y.z\n[0]\n[-1][0]\n['x.y.z']")
	f.Add([]byte(`{"x":`), "")
	f.Add([]byte(`[{"op":"add","path":"/a/0","value":{"b":1}}]`), "a.b\na[0].b")
	f.Fuzz(func(t *testing.T, doc []byte, texts string) {
		var paths []Path
		for text := range strings.SplitSeq(texts, "\n") {
			if p, err := ParsePath(text); err == nil && len(p) <= 6 && len(paths) < 5 {
				paths = append(paths, p)
			}
		}
		patched, err := Compile(paths, Options{PatchRoots: []Path{{}}})
		if err != nil {
			t.Skip(err)
		}
		var v Values
		if err := patched.Extract(doc, &v); err != nil && json.Valid(doc) {
			checkOnlyDepth(t, doc, err)
		} else if err == nil && !json.Valid(doc) {
			t.Errorf("no error for %q", doc)
		}
		if !json.Valid(doc) || !utf8.Valid(doc) {
			return
		}
		x, err := Compile(paths, Options{MaxDepth: HighestMaxDepth})
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Extract(doc, &v); err != nil {
			checkOnlyDepth(t, doc, err)
			return
		}
		root := decode(t, doc)
		for slot, p := range paths {
			found := map[string]any{}
			lookup(found, root, "", p, false)
			var want, got []string
			for _, value := range found {
				want = append(want, encode(t, value))
			}
			for _, l := range v.Leaves(slot) {
				got = append(got, encode(t, decode(t, l.Raw)))
				if l.Kind == String && encode(t, l.String()) != got[len(got)-1] {
					t.Errorf("%q has text %q", l.Raw, l.Text)
				}
				if !bytes.Equal(doc[l.Offset:l.Offset+len(l.Raw)], l.Raw) {
					t.Errorf("offset %d is not that of %q", l.Offset, l.Raw)
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%v in %q:\n got %q\nwant %q", p, doc, got, want)
			}
		}
	})
}

// checkOnlyDepth allows a valid document no error but its depth.
func checkOnlyDepth(t *testing.T, doc []byte, err error) {
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.Msg != msgDepth {
		t.Errorf("valid document %q: %v", doc, err)
	}
}
