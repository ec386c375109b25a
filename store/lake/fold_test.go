package lake

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(appendFold(nil, []byte(in))); got != want {
			t.Errorf("fold(%q) = %q, want %q", in, got, want)
		}
	}
	f("", "")
	f("Kube-System/ADMIN_1", "kube-system/admin_1")
	f("STRASSE", "strasse")
	f("\u212a", "k") // the sign of the kelvin
	f("\u0130", "i") // I with a dot
	f("ΣΑΣ", "σασ")  // two small sigmas become one
	f("ΠΑΣ", "πασ")  //
	f("πας", "πασ")  //
	f("ſ", "s")      // long s
	f("ABCDEFGHIJKLMNOPQRSTUVWXYZ[@`{09az", "abcdefghijklmnopqrstuvwxyz[@`{09az")
	f("seven77ÄÖ eight", "seven77äö eight")
	f("a\xffB", "a\xffb") // no UTF-8
}

// FuzzFold holds that what the usual functions make equal is equal here, and
// that folding twice changes nothing.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"Admin", "\u0130\u212aſ", "ΣΑΣ", "a\xff\xc3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			s = strings.ToValidUTF8(s, "?")
		}
		once := string(appendFold(nil, []byte(s)))
		if twice := string(appendFold(nil, []byte(once))); twice != once {
			t.Errorf("fold(%q) = %q, folded again %q", s, once, twice)
		}
		if low := string(appendFold(nil, []byte(strings.ToLower(s)))); low != once {
			t.Errorf("fold(%q) = %q, of its lower case %q", s, once, low)
		}
	})
}
