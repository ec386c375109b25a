package expr

import "testing"

func TestGlob(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"a", "a", true}, {"a", "ab", false},
		{"*", "", true}, {"**", "x", true}, {"?", "", false}, {"?", "é", true}, {"?", "\xff", true}, {"??", "é", false},
		{"a*", "abc", true}, {"*c", "abc", true}, {"a*c", "ac", true}, {"ab*bc", "abc", false}, {"a*b*c", "axxbyyc", true}, {"a*b*c", "acb", false},
		{"*ab*ab*", "abab", true}, {"*ab*ab*", "aab", false}, {"*a?c*", "abaxc", true}, {"*?a", "a", false}, {"*?a", "ba", true}, {"a?*", "a", false},
		{`\*`, "*", true}, {`\*`, "a", false}, {`\?x`, "?x", true}, {`\\*`, `\abc`, true}, {`a\`, `a\`, true}, {`*\**`, "a*b", true}, {`a\b`, "ab", true},
	}
	for _, tt := range tests {
		if got := parseGlob(tt.pattern).matches(tt.text); got != tt.want {
			t.Errorf("%q on %q: %v, want %v", tt.pattern, tt.text, got, tt.want)
		}
	}
}
