package expr

import (
	"fmt"
	"hash/maphash"
	"strings"
	"testing"
)

func regexTests(t *testing.T, patterns ...string) []*regexTest {
	t.Helper()
	var out []*regexTest
	for _, p := range patterns {
		v, err := newRegexTest(&Pred{Op: OpRegex, Text: p})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v.(*regexTest))
	}
	return out
}

// What is remembered is what the expression says, of whatever values, in whatever order, as often as it is asked.
func TestVerdicts(t *testing.T) {
	tests := regexTests(t, `\bnc\s`, `^$`, `a{3}`, `\x00`, `(?i)É`)
	var values []string
	for i := range 3 * verdictCount {
		values = append(values, fmt.Sprintf("/bin/nc %d", i))
	}
	values = append(values, "", "\x00", "aaa", "aa", "é", "\xff", "/bin/nc\x00 1",
		strings.Repeat("a", verdictText), strings.Repeat("a", verdictText+1), strings.Repeat("b", verdictText), strings.Repeat("b", verdictText)+"nc ")
	v := &verdicts{seed: maphash.MakeSeed()}
	for range 2 {
		for _, text := range values {
			for range 2 {
				for _, one := range tests {
					if got, want := v.matches(one, text), one.re.MatchString(text); got != want {
						t.Fatalf("%s of %q: %v, want %v", one.re, text, got, want)
					}
				}
			}
		}
	}
}

func BenchmarkVerdicts(b *testing.B) {
	one, err := newRegexTest(&Pred{Op: OpRegex, Text: `\b(nc|ncat|netcat)\s+(-\S+\s+)*\S+\s+\d+`})
	if err != nil {
		b.Fatal(err)
	}
	const text = "/bin/true --bench /nc"
	b.Run("known", func(b *testing.B) {
		v := &verdicts{seed: maphash.MakeSeed()}
		b.ReportAllocs()
		for b.Loop() {
			v.matches(one.(*regexTest), text)
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			one.(*regexTest).re.MatchString(text)
		}
	})
}
