package sigma

import (
	"fmt"
	"strings"
)

// maxConditionWords bounds the words of a condition.
const maxConditionWords = 10_000

// token is a word or a bracket of a condition.
type token struct {
	text   string
	offset int
}

// is reports whether the token is a word of the condition language.
func (t token) is(word string) bool { return strings.EqualFold(t.text, word) }

// conditionError is a fault of a condition and its place in the text.
type conditionError struct {
	offset int
	err    error
	advice string
}

func (e *conditionError) Error() string { return e.err.Error() }

// errAggregation is about conditions of Sigma before version 2.
var errAggregation = &unsupportedError{"aggregations were removed from Sigma"}

const adviceAggregation = "write a correlation document"

// aggregations are the functions that those conditions had.
var aggregations = map[string]bool{"count": true, "sum": true, "min": true, "max": true, "avg": true}

// lexCondition parts a condition into words and brackets.
func lexCondition(text string) ([]token, *conditionError) {
	var out []token
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
		case c == '(' || c == ')':
			out = append(out, token{text[i : i+1], i})
			i++
		case c == '|':
			return nil, &conditionError{i, errAggregation, adviceAggregation}
		default:
			n := strings.IndexAny(text[i:], " \t\r\n()|")
			if n < 0 {
				n = len(text) - i
			}
			out = append(out, token{text[i : i+n], i})
			i += n
		}
		if len(out) > maxConditionWords {
			return nil, &conditionError{i, fmt.Errorf("more than %d words", maxConditionWords), ""}
		}
	}
	return out, nil
}
