package peer

import (
	"maps"
	"strings"
	"testing"
)

func TestFiles(t *testing.T) {
	for _, f := range []Files{{}, {"a": ""}, {"a": "x", "b": strings.Repeat("<é>\x00", 1000)}} {
		packed, err := f.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Unpack(packed); err != nil || !maps.Equal(got, f) {
			t.Errorf("%v becomes %v, %v", f, got, err)
		}
	}
	if f, err := Unpack(nil); err != nil || len(f) != 0 {
		t.Error(f, err)
	}
	many := Files{}
	for i := range MaxFiles + 1 {
		many[strings.Repeat("a", i/100)+string(rune('a'+i%100))] = ""
	}
	for _, f := range []Files{{"": "x"}, {"a\n": "x"}, {"a": "\xff"}, {strings.Repeat("a", 201): ""}, {"a": strings.Repeat("a", MaxFileBytes)}, many} {
		if _, err := f.Pack(); err == nil {
			t.Errorf("%.40v was packed", f)
		}
	}
}

func TestFilesVersion(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range []string{
		Files{}.Version(), Files{"a": "b"}.Version(), Files{"a": "b", "": ""}.Version(), Files{"ab": ""}.Version(), Files{"a": ""}.Version("b"), Files{"a": "b"}.Version("c"), Files{"a": "b"}.Version("c", ""),
		Files{"a": "b", "c": ""}.Version(),
	} {
		if seen[v] || len(v) != 16 {
			t.Errorf("%s is of two", v)
		}
		seen[v] = true
	}
	if (Files{"a": "b", "c": "d"}).Version("x") != (Files{"c": "d", "a": "b"}).Version("x") {
		t.Error("equal files have two versions")
	}
}

func FuzzUnpack(f *testing.F) {
	for _, files := range []Files{{}, {"a": "b"}} {
		packed, err := files.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		files, err := Unpack(b)
		if err != nil {
			return
		}
		if err := files.Valid(); err != nil {
			t.Error(err)
		}
	})
}
