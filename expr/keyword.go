package expr

import (
	"slices"
	"strings"
)

// keyword is OpKeyword: some text of the event contains a pattern.
type keyword struct {
	glob glob // with a star at both ends
	fold bool
	// texts must all stand somewhere in the event, to look closer.
	texts []string
}

func newKeyword(p *Pred) *keyword {
	g := parseGlob(p.Text)
	any := part{texts: []string{""}}
	k := &keyword{glob: glob{slices.Concat([]part{any}, g.parts, []part{any})}, fold: p.Fold}
	if p.Fold {
		k.glob.each(fold)
	}
	for _, part := range k.glob.parts {
		for _, t := range part.texts {
			if t != "" {
				k.texts = append(k.texts, t)
			}
		}
	}
	return k
}

func (k *keyword) holds(s *Subject) bool {
	all := s.everything(k.fold)
	joined := view(all.buf)
	for _, t := range k.texts {
		if !strings.Contains(joined, t) {
			return false
		}
	}
	start := int32(0)
	for _, end := range all.ends {
		if k.glob.matches(joined[start:end]) {
			return true
		}
		start = end
	}
	return false
}
