package rawjson

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// show writes leaves as kind letter and text.
func show(leaves []Leaf) string {
	var out []string
	for _, l := range leaves {
		out = append(out, fmt.Sprintf("%c:%s", l.Kind.String()[0], l.Text))
	}
	return strings.Join(out, " ")
}

func TestExtract(t *testing.T) {
	for _, test := range []struct{ path, doc, want string }{
		{"a", `{"a":"x"}`, "s:x"},
		{"a", ` { "b" : [ 1 , {} ] , "a" : -1.5e3 } `, "n:-1.5e3"},
		{"a", `{"a":true}`, "b:true"},
		{"a", `{"a":null}`, "n:null"},
		{"a", `{"b":1}`, ""},
		{"a", `{"a":{"b":[1]}}`, `o:{"b":[1]}`},
		{"a", `{"a":["x",2,[3]]}`, `s:x n:2 n:3 a:[3] a:["x",2,[3]]`},
		{"a.b", `{"a":{"b":1}}`, "n:1"},
		{"a.b", `{"a":[{"b":1},7,[{"b":2},[[{"b":3}]]]]}`, "n:1 n:2 n:3"},
		{"a.b", `[{"a":{"b":1}},{"a":2}]`, "n:1"},

		// names with dots, split wherever they can be
		{"a.b.c", `{"a":{"b":{"c":1}},"a.b":{"c":2}}`, "n:1 n:2"},
		{"a.b.c", `{"a":{"b.c":3},"a.b.c":4}`, "n:3 n:4"},
		{"x.authorization.k8s.io/decision", `{"x":{"authorization.k8s.io/decision":"allow"}}`, "s:allow"},
		{"a['b.c'].d", `{"a":{"b.c":{"d":1},"b":{"c":{"d":2}},"b.c.d":3},"a.b.c":{"d":4}}`, "n:1"},
		{"a.*", `{"a":{"x":1,"y.z":2,"w":[3]},"a.v":4}`, "n:1 n:2 n:3 a:[3]"},
		{"a.*.b", `{"a":{"x":{"b":1},"b":2,"y.b":3}}`, "n:1"},
		{"*.*", `{"a":{"x":1},"b":{"x":2}}`, "n:1 n:2"},

		// elements
		{"a[0]", `{"a":[1,2]}`, "n:1"},
		{"a[-1]", `{"a":[1,[2]]}`, "n:2 a:[2]"},
		{"a[-1]", `{"a":[]}`, ""},
		{"a[3]", `{"a":[1]}`, ""},
		{"a[0]", `{"a":{"0":1}}`, ""},
		{"a[1].b", `{"a":[{"b":1},{"b":2},{"b":3}]}`, "n:2"},
		{"a[1]", `{"a":[[1,2],[3,4]]}`, "n:3 n:4 a:[3,4]"},
		{"a[1][0]", `{"a":[[1,2],[3,4]]}`, "n:3"},

		// text
		{"a", `{"a":"x\n\u0041\ud83d\ude00\"\/"}`, "s:x\nA😀\"/"},
		{"a", `{"a":"\ud800x\udc00"}`, "s:\uFFFDx\uFFFD"},
		{"a", `{"a":"\ud800\u0041"}`, "s:\uFFFDA"},
		{"a", `{"a":"\u0000|` + "\xff" + `"}`, "s:\x00|\xff"},
		{"verb", `{"\u0076erb":"get"}`, "s:get"},
		{"verb", `{"verb\u0000":"get"}`, ""},
		{"a", `{"skipped":"\\\"","a":"12345678\\"}`, `s:12345678\`},
		{"['']", `{"":1}`, "n:1"},

		// the last of several members counts
		{"a", `{"a":1,"a":2}`, "n:2"},
		{"a", `{"a":1,"\u0061":2,"b":0}`, "n:2"},
		{"a.b", `{"a":{"b":1},"a":{"c":2}}`, ""},
		{"a.b", `{"a":[{"b":1},{"b":2,"b":3}],"x":0}`, "n:1 n:3"},
		{"a.b", `{"a":{"b":1},"a.b":2,"a":{"b":3},"a":{"b":4,"b":5}}`, "n:2 n:5"},
		{"*", `{"x":1,"y":2,"x":3}`, "n:2 n:3"},
		{"a.*.b", `{"a":{"x":{"b":1},"y":{"b":2},"x":{}}}`, "n:2"},
		{"a.*", `{"a":{"x":1},"a":{"y":2}}`, "n:2"},
	} {
		x := mustCompile(t, Options{}, test.path)
		var v Values
		for range 2 { // the second time with memory in use
			if err := x.Extract([]byte(test.doc), &v); err != nil {
				t.Errorf("%s in %s: %v", test.path, test.doc, err)
			} else if got := show(v.Leaves(0)); got != test.want {
				t.Errorf("%s in %s:\n got %q\nwant %q", test.path, test.doc, got, test.want)
			}
		}
	}
}

func TestExtractSlots(t *testing.T) {
	x := mustCompile(t, Options{}, "a.b", "a", "a.*", "a.b", "a[0]", "a[-1]", "z")
	var v Values
	if err := x.Extract([]byte(`{"a":[{"b":1}]}`), &v); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"n:1", `o:{"b":1} a:[{"b":1}]`, "n:1", "n:1", `o:{"b":1}`, `o:{"b":1}`, "", "",
	}
	for slot, want := range want {
		if got := show(v.Leaves(slot)); got != want {
			t.Errorf("slot %d: got %q, want %q", slot, got, want)
		}
	}
	v.Reset()
	if len(v.Leaves(0)) != 0 {
		t.Error("leaves after Reset")
	}
}

func TestExtractCounts(t *testing.T) {
	x := mustCompile(t, Options{MaxLeaves: 3}, "a", "b.*")
	var v Values
	doc := `{"a":1,"x":1,"a":2,"x":2,"b":{"y":1,"y":2},"a":3}`
	if err := x.Extract([]byte(doc), &v); err != nil {
		t.Fatal(err)
	}
	if v.Duplicates != 3 {
		t.Errorf("Duplicates = %d, want 3", v.Duplicates)
	}
	if v.Dropped != 1 {
		t.Errorf("Dropped = %d, want 1", v.Dropped)
	}
}

func TestExtractManyDuplicates(t *testing.T) {
	var doc strings.Builder
	doc.WriteString(`{"a":{"b":0}`)
	for range 2 {
		for i := range 50_000 {
			fmt.Fprintf(&doc, `,"k%d":{"b":%d},"a":{"b":%d}`, i, i, i)
		}
	}
	doc.WriteString(`}`)
	x := mustCompile(t, Options{}, "a.b", "*.b")
	var v Values
	if err := x.Extract([]byte(doc.String()), &v); err != nil {
		t.Fatal(err)
	}
	if got := show(v.Leaves(0)); got != "n:49999" {
		t.Errorf("got %q", got)
	}
	if got := len(v.Leaves(1)); got != 50_001 {
		t.Errorf("%d leaves below any name, want 50001", got)
	}
	if v.Dropped != 0 || v.Duplicates != 150_000 {
		t.Errorf("Dropped = %d, Duplicates = %d", v.Dropped, v.Duplicates)
	}
}

func TestExtractErrors(t *testing.T) {
	deep := strings.Repeat("[", 10_000)
	for _, test := range []struct {
		doc  string
		off  int64
		want string
	}{
		{"", 0, msgEnd},
		{" \n", 2, msgEnd},
		{"x", 0, msgValue},
		{"{", 1, msgEnd},
		{`{"a"`, 4, msgEnd},
		{`{"a":`, 5, msgEnd},
		{`{"a":1`, 6, msgEnd},
		{`{"a":1,}`, 7, msgName},
		{`{"a" 1}`, 5, msgColon},
		{`{"a":1 "b":2}`, 7, msgMember},
		{`{a:1}`, 1, msgName},
		{`{"a":"x}`, 8, msgString},
		{`{"a":"\x"}`, 6, msgEscape},
		{`{"a":"\u00g0"}`, 6, msgEscape},
		{`{"a":[1 2]}`, 8, msgElement},
		{`{"a":[1,]}`, 8, msgValue},
		{`{"a":01}`, 6, msgMember},
		{`{"a":-}`, 6, msgNumber},
		{`{"a":1.}`, 7, msgNumber},
		{`{"a":1e+}`, 8, msgNumber},
		{`{"a":nul}`, 5, msgValue},
		{`{"b":nul}`, 5, msgValue},
		{`{"b":[}`, 6, msgValue},
		{`{"b":{"c":01}}`, 11, msgMember},
		{"{\"a\":\"\x00\"}", 6, msgControl},
		{`{"b":}`, 5, msgValue},
		{`{"b":"x`, 7, msgString},
		{`{"b":[{"x":1}`, 13, msgEnd},
		{`{"a":1}{"a":2}`, 7, msgTrailing},
		{"{\n\"a\":1}\n\x00", 9, msgTrailing},
		{deep, 512, msgDepth},
		{`{"a":` + deep, 5 + 511, msgDepth},
		{`{"b":` + deep, 5 + 511, msgDepth},
	} {
		x := mustCompile(t, Options{}, "a")
		var v Values
		err := x.Extract([]byte(test.doc), &v)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.40q: got error %v", test.doc, err)
			continue
		}
		if syntax.Offset != test.off || syntax.Msg != test.want {
			t.Errorf("%.40q: got %v, want %q at %d", test.doc, err, test.want, test.off)
		}
		if len(v.Leaves(0)) != 0 {
			t.Errorf("%.40q: leaves beside the error", test.doc)
		}
	}
}

func TestExtractDoesNotAllocate(t *testing.T) {
	docs := realEvents(t)
	x := mustCompile(t, Options{PatchRoots: mustPaths(t, "requestObject")}, append(auditPaths, "annotations.*")...)
	var v Values
	all := func() {
		for _, doc := range docs {
			if err := x.Extract(doc, &v); err != nil {
				t.Fatal(err)
			}
		}
	}
	all()
	if n := testing.AllocsPerRun(1, all); n != 0 {
		t.Errorf("%v allocations in %d events", n, len(docs))
	}
}

func TestCompileRefusesExplosion(t *testing.T) {
	var paths []Path
	for i := range 40 {
		p := make(Path, 40)
		for j := range p {
			p[j] = AnyKey()
		}
		p[i] = Key("a")
		paths = append(paths, p)
	}
	if _, err := Compile(paths, Options{}); err == nil {
		t.Error("no error")
	}
}
