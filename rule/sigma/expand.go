package sigma

import (
	"fmt"
	"regexp"
	"strings"
)

// maxExpansions bounds how many values one value with placeholders becomes.
const maxExpansions = 10_000

var placeholder = regexp.MustCompile(`^%(\w+)%`)

// expandPattern reads a Sigma value with placeholders and returns it once for
// every combination of their values. A percent sign behind a backslash is
// ordinary. A placeholder without values is an *unsupportedError.
func expandPattern(text string, values map[string][]string) ([]pattern, error) {
	out := []pattern{nil}
	literalFrom := 0
	var plain strings.Builder
	flush := func(upTo int) {
		plain.WriteString(text[literalFrom:upTo])
		p := parsePattern(plain.String())
		plain.Reset()
		for i := range out {
			out[i] = join(out[i], p)
		}
	}
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			if text[i+1] == '%' {
				plain.WriteString(text[literalFrom:i])
				literalFrom = i + 1
			}
			i++
			continue
		}
		m := placeholder.FindStringSubmatch(text[i:])
		if m == nil {
			continue
		}
		flush(i)
		known, ok := values[m[1]]
		if !ok || len(known) == 0 {
			return nil, &unsupportedError{fmt.Sprintf("placeholder %s has no values", m[0])}
		}
		if len(out)*len(known) > maxExpansions {
			return nil, &unsupportedError{fmt.Sprintf("the placeholders make more than %d values", maxExpansions)}
		}
		var next []pattern
		for _, p := range out {
			for _, v := range known {
				next = append(next, join(p, parsePattern(v)))
			}
		}
		out = next
		i += len(m[0]) - 1
		literalFrom = i + 1
	}
	flush(len(text))
	return out, nil
}
