package sql

import (
	"regexp"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/value"
)

func TestRequiredLiteral(t *testing.T) {
	tests := map[string]string{
		"xmrig": "xmrig", "a|b": "", "^/api/v1/[^/]+/secrets$": "/api/v1/", "(?i)kernel": "kernel", "(?i)system": "tem", "(abc)+d": "abc", "(abc)*d": "d",
		"a?bcd": "bcd", "x{2,}yz": "yz", "(": "", ".*": "",
	}
	for pattern, want := range tests {
		if got := value.Fold(requiredLiteral(pattern)); got != want {
			t.Errorf("%s: have %q, want %q", pattern, got, want)
		}
	}
}

// FuzzRequiredLiteral holds that whatever a pattern matches has its literal.
func FuzzRequiredLiteral(f *testing.F) {
	for _, s := range [][2]string{{"(?i)kſs", "Kss"}, {"a(bc|d)e+", "xabcee"}, {`\bcat\b`, "the cat"}, {"[ab]c{2}", "acc"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		re, err := regexp.Compile(pattern)
		if err != nil || len(pattern) > maxPattern {
			return
		}
		want := value.Fold(requiredLiteral(pattern))
		if m := re.FindString(text); re.MatchString(text) && !strings.Contains(value.Fold(m), want) {
			t.Errorf("%q matches %q without %q", pattern, m, want)
		}
	})
}

func TestUnescaped(t *testing.T) {
	tests := map[string]string{
		"xmrig": "xmrig", `say "hello"`: "hello", "203.0.113.7": "203.0.113.7", "1.5": "", "1e10": "", ":true": "true", "a/bcd": "bcd", "": "", "é": "", "system:masters": "system:masters",
	}
	for in, want := range tests {
		if got := unescaped(in); got != want {
			t.Errorf("%q: have %q, want %q", in, got, want)
		}
	}
}
