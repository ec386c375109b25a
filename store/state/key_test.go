package state

import (
	"slices"
	"testing"
)

func TestKey(t *testing.T) {
	f := func(want string, words ...string) {
		t.Helper()
		got := Key(words...)
		if got != want {
			t.Errorf("Key(%q) = %s, want %s", words, got, want)
		}
		if err := checkKey(got); err != nil {
			t.Error(err)
		}
		if back, err := SplitKey(got); err != nil || !slices.Equal(back, words) {
			t.Errorf("SplitKey(%s) = %q, %v", got, back, err)
		}
	}
	f("a", "a")
	f("a.b-1", "a", "b-1")
	f("system=3Aserviceaccount=3Akube-system", "system:serviceaccount:kube-system")
	f("=.a", "", "a")
	f("=3D", "=")
	f("a=2Eb", "a.b")
	f("=C3=A9=00=FF", "é\x00\xff")
	for _, bad := range []string{"a=", "a=Z1", "=1"} {
		if _, err := SplitKey(bad); err == nil {
			t.Errorf("SplitKey takes %q", bad)
		}
	}
}

func FuzzKey(f *testing.F) {
	f.Add("a", "b.c=")
	f.Fuzz(func(t *testing.T, a, b string) {
		if back, err := SplitKey(Key(a, b)); err != nil || back[0] != a || back[1] != b || len(back) != 2 {
			t.Errorf("Key(%q, %q) = %s comes back as %q, %v", a, b, Key(a, b), back, err)
		}
		_, _ = SplitKey(a)
	})
}

func TestDamagedValues(t *testing.T) {
	for _, data := range [][]byte{nil, {0}, {3, 0}, {1}, {1, 5, 'a'}, {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}} {
		if _, _, _, err := decodeValue(data); err == nil {
			t.Errorf("%x is taken for a value", data)
		}
	}
	kind, by, value, err := decodeValue(encodeEntry(storedValue, "ann", []byte("v")))
	if kind != storedValue || by != "ann" || string(value) != "v" || err != nil {
		t.Errorf("a value came back as %d %q %q %v", kind, by, value, err)
	}
}
