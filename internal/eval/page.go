package eval

import (
	"bytes"
	"context"
	"errors"

	"github.com/lynceus-io/lynceus/rule"
)

// Markers in the page between which the figures stand.
const (
	pageBegin = "<!-- generated: figures -->\n"
	pageEnd   = "<!-- end of generated -->\n"
)

// Run measures every recording and adds them up.
func Run(ctx context.Context, recordings []*Recording, rules []*rule.Rule) (*Summary, error) {
	var scores []*Score
	for _, r := range recordings {
		s, err := Measure(ctx, r, rules)
		if err != nil {
			return nil, err
		}
		scores = append(scores, s)
	}
	return Summarize(scores), nil
}

// Splice puts figures between the markers of page.
func Splice(page, figures []byte) ([]byte, error) {
	before, rest, begins := bytes.Cut(page, []byte(pageBegin))
	_, after, ends := bytes.Cut(rest, []byte(pageEnd))
	if !begins || !ends {
		return nil, errors.New("the page lacks the markers of the generated part")
	}
	return bytes.Join([][]byte{before, []byte(pageBegin), []byte("\n"), figures, []byte(pageEnd), after}, nil), nil
}
