package rawjson

import "testing"

func TestExtractPatch(t *testing.T) {
	for _, test := range []struct{ path, ops, want string }{
		{"spec.hostNetwork", `{"op":"add","path":"/spec/hostNetwork","value":true}`, "b:true"},
		{"spec.hostNetwork", `{"value":true,"path":"/spec/hostNetwork","op":"replace"}`, "b:true"},
		{"spec.hostNetwork", `{"op":"replace","path":"/spec","value":{"hostNetwork":true}}`, "b:true"},
		{"spec.hostNetwork", `{"op":"replace","path":"","value":{"spec":{"hostNetwork":true}}}`, "b:true"},
		{"spec.hostNetwork", `{"op":"test","path":"/spec/hostNetwork","value":true}`, ""},
		{"spec.hostNetwork", `{"op":"remove","path":"/spec/hostNetwork"}`, ""},
		{"spec.hostNetwork", `{"op":"add","path":"spec/hostNetwork","value":true}`, ""},
		{"spec.hostNetwork", `{"op":"add","path":7,"value":true}`, ""},
		{"spec.hostNetwork", `{"op":"add","path":"/spec/hostNetwork"}`, ""},
		{"spec.hostNetwork", `{}`, ""},
		{"spec.hostNetwork", `{"op":"add","path":"/x","path":"/spec/hostNet\u0077ork","value":true}`, "b:true"},
		{"spec.hostNetwork", `{"op":"add","path":"/spec/hostNetwork","value":false,"value":true}`, "b:true"},
		{"c.image", `{"op":"add","path":"/c/-","value":{"image":"x"}}`, "s:x"},
		{"c.image", `{"op":"add","path":"/c/12/image","value":"x"}`, "s:x"},
		{"c[1].image", `{"op":"add","path":"/c/1/image","value":"x"},{"op":"add","path":"/c/2/image","value":"y"}`, "s:x"},
		{"c[-1].image", `{"op":"add","path":"/c/-","value":{"image":"x"}}`, "s:x"},
		{"c.args", `{"op":"add","path":"/c/0/args","value":["x","y"]}`, `s:x s:y a:["x","y"]`},
		{"data.*", `{"op":"add","path":"/data/7","value":"x"}`, "s:x"},
		{"data.7", `{"op":"add","path":"/data/7","value":"x"},{"op":"add","path":"/data/07","value":"y"}`, "s:x"},
		{"data.07", `{"op":"add","path":"/data/07","value":"y"}`, "s:y"},
		{"meta.a.io/b", `{"op":"add","path":"/meta/a.io~1b","value":"x"}`, "s:x"},
		{"meta.a~1b", `{"op":"add","path":"/meta/a~01b","value":"x"}`, "s:x"},
		{"a", `{"op":"add","path":"/a","value":1},{"op":"replace","path":"/a","value":2}`, "n:1 n:2"},
		{"path", `{"op":"add","path":"/a","value":1}`, "s:/a"},
	} {
		doc := `{"r":[` + test.ops + `],"r2":0}`
		x := mustCompile(t, Options{PatchRoots: mustPaths(t, "r")}, "r."+test.path)
		var v Values
		if err := x.Extract([]byte(doc), &v); err != nil {
			t.Errorf("%s in %s: %v", test.path, doc, err)
		} else if got := show(v.Leaves(0)); got != test.want {
			t.Errorf("%s in %s:\n got %q\nwant %q", test.path, doc, got, test.want)
		}
	}
}

func TestExtractPatchReplaced(t *testing.T) {
	doc := `{"r":[{"op":"add","path":"/a","value":1}],"r":[{"op":"add","path":"/a","value":2}]}`
	x := mustCompile(t, Options{PatchRoots: mustPaths(t, "r")}, "r.a")
	var v Values
	if err := x.Extract([]byte(doc), &v); err != nil {
		t.Fatal(err)
	}
	if got := show(v.Leaves(0)); got != "n:2" {
		t.Errorf("got %q", got)
	}
}
