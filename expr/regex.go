package expr

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"regexp/syntax"
	"strings"
)

// regexTest is OpRegex. The expression runs only on values that look like what
// it matches and contain the texts it requires.
type regexTest struct {
	outline  outline
	required [][]string
	re       *regexp.Regexp
	salt     uint64 // tells it from others among verdicts
}

func newRegexTest(p *Pred) (valueTest, error) {
	text := p.Text
	if p.Fold {
		text = "(?i)" + text
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("regular expression: %w", err)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("regular expression: %w", err)
	}
	salt := fnv.New64a()
	salt.Write([]byte(text))
	return &regexTest{outlineOf(tree), requiredTexts(tree), re, salt.Sum64()}, nil
}

func (t *regexTest) holds(a *arena, c *cell) bool {
	text := a.text(c)
	if t.outline.excludes(text) {
		return false
	}
	if len(t.required) > 0 && !containsAll(a.folded(c), t.required) {
		return false
	}
	return a.verdicts().matches(t, text)
}

// containsAll reports whether text contains one of each list.
func containsAll(text string, required [][]string) bool {
	for _, choices := range required {
		if !containsAny(text, choices) {
			return false
		}
	}
	return true
}

func containsAny(text string, choices []string) bool {
	for _, c := range choices {
		if strings.Contains(text, c) {
			return true
		}
	}
	return false
}
