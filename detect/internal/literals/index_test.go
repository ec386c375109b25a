package literals

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// naive is what Find must report.
func naive(literals []Literal, text string) []int32 {
	var out []int32
	for _, l := range literals {
		if compares(l, text) {
			out = append(out, l.ID)
		}
	}
	return out
}

func compares(l Literal, text string) bool {
	switch l.Kind {
	case Equal:
		return text == l.Text
	case Prefix:
		return strings.HasPrefix(text, l.Text)
	case Suffix:
		return strings.HasSuffix(text, l.Text)
	}
	return strings.Contains(text, l.Text)
}

// all returns each text as a literal of each kind.
func all(texts ...string) []Literal {
	var out []Literal
	for _, t := range texts {
		for k := Equal; k <= Contains; k++ {
			out = append(out, Literal{k, t, int32(len(out))})
		}
	}
	return out
}

// find returns what the index reports, sorted.
func find(literals []Literal, text string, f *Found) []int32 {
	f.Reset()
	f.Grow(len(literals))
	New(literals).Find(text, f)
	return slices.Sorted(slices.Values(f.IDs))
}

func TestFind(t *testing.T) {
	long := strings.Repeat("x", 63)
	literals := all("", "a", "ab", "abc", "abcd", "abcde", "/bin/sh", "sh", long, long+"y", long+"yz", "\x00", "é")
	var f Found
	for _, text := range []string{"", "a", "ab", "xab", "abx", "xabc", "abcd", "abcdabcde", "/bin/sh -c /bin/shh", long, long + "y", "a" + long + "yz", "x" + long, "\x00\x00", "né", strings.Repeat("abcd", 100)} {
		if got, want := find(literals, text, &f), naive(literals, text); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if got := find(nil, "abc", &f); len(got) != 0 {
		t.Errorf("nothing to find, and found %v", got)
	}
}

// FuzzFind compares Find with a look at one literal after another.
func FuzzFind(f *testing.F) {
	f.Add("a\nab\nabcd\n\nbcda", "xabcda")
	f.Add("aa\naaaa\naaaaa", strings.Repeat("a", 70))
	f.Fuzz(func(t *testing.T, list, text string) {
		texts := strings.Split(list, "\n")
		slices.Sort(texts)
		literals := all(slices.Compact(texts)...)
		var found Found
		if got, want := find(literals, text, &found), naive(literals, text); !slices.Equal(got, want) {
			t.Fatalf("%q in %q: %v, want %v", texts, text, got, want)
		}
	})
}

func BenchmarkContains(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		s := make([]byte, 3+r.IntN(12))
		for i := range s {
			s[i] = "etaoinshrdlcumwfgypbvk-/."[r.IntN(25)]
		}
		return string(s)
	}
	var texts []string
	for range 256 {
		s := "/usr/bin/"
		for len(s) < 100 {
			s += word() + " "
		}
		texts = append(texts, s)
	}
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			words := map[string]bool{}
			for len(words) < n {
				words[word()] = true
			}
			var literals []Literal
			for w := range words {
				literals = append(literals, Literal{Contains, w, int32(len(literals))})
			}
			x := New(literals)
			var f Found
			f.Grow(n)
			b.SetBytes(100)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				f.Reset()
				x.Find(texts[i&255], &f)
				i++
			}
		})
	}
}
