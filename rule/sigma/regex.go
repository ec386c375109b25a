package sigma

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
)

// unsupportedError is about something that is sound Sigma and that Lynceus
// does not do.
type unsupportedError struct{ reason string }

func (e *unsupportedError) Error() string { return e.reason }

// compileRegex turns a regular expression of a rule into RE2 with its flags
// inside. What PCRE has and RE2 has not is an *unsupportedError.
func compileRegex(text, flags string) (string, error) {
	if flags != "" {
		text = "(?" + flags + ")" + text
	}
	_, err := syntax.Parse(text, syntax.Perl)
	if err == nil {
		return text, nil
	}
	var se *syntax.Error
	if !errors.As(err, &se) {
		return "", err
	}
	for _, c := range [...]struct{ sign, what string }{
		{"(?=", "look-ahead"}, {"(?!", "look-ahead"}, {"(?<=", "look-behind"}, {"(?<!", "look-behind"},
		{"(?>", "an atomic group"}, {"(?(", "a conditional group"}, {"(?|", "a branch reset"}, {"(?#", "a comment"}, {"(?R", "recursion"},
	} {
		if strings.Contains(text, c.sign) {
			return "", &unsupportedError{fmt.Sprintf("%s %q is not part of RE2", c.what, c.sign)}
		}
	}
	switch se.Code {
	case syntax.ErrInvalidEscape:
		return "", &unsupportedError{fmt.Sprintf("%s is not part of RE2", se.Expr)}
	case syntax.ErrInvalidRepeatOp:
		return "", &unsupportedError{fmt.Sprintf("the possessive quantifier %s is not part of RE2", se.Expr)}
	case syntax.ErrInvalidRepeatSize, syntax.ErrLarge, syntax.ErrNestingDepth:
		return "", &unsupportedError{fmt.Sprintf("%s: %s; RE2 repeats a part at most 1000 times", se.Code, se.Expr)}
	case syntax.ErrInvalidPerlOp:
		return "", &unsupportedError{fmt.Sprintf("%s is not part of RE2", se.Expr)}
	}
	return "", fmt.Errorf("%s: %s", se.Code, se.Expr)
}
