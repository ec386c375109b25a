package sigma

import (
	"fmt"
	"strings"
)

// dashes are the characters that programs of Windows take for one another
// before an option: hyphen, slash, en dash, em dash, horizontal bar.
var dashes = []string{"-", "/", "\u2013", "\u2014", "\u2015"}

const (
	dashSet = "-/\u2013\u2014\u2015"
	// maxDashes bounds the variants of one value to 5^4.
	maxDashes = 4
)

// windash returns the value with every dash in it written in every way.
func windash(p pattern) ([]pattern, error) {
	count := 0
	for _, x := range p {
		for _, r := range x.text {
			if strings.ContainsRune(dashSet, r) {
				count++
			}
		}
	}
	if count > maxDashes {
		return nil, &unsupportedError{fmt.Sprintf("%d dashes in one value make too many variants; at most %d", count, maxDashes)}
	}
	out := []pattern{nil}
	for _, x := range p {
		rest := x.text
		for {
			i := strings.IndexAny(rest, dashSet)
			if x.kind != literal || i < 0 {
				out = each(out, piece{kind: x.kind, text: rest})
				break
			}
			out = each(out, piece{text: rest[:i]})
			var next []pattern
			for _, p := range out {
				for _, d := range dashes {
					next = append(next, join(p, pattern{{text: d}}))
				}
			}
			out = next
			for _, d := range dashes {
				if after, ok := strings.CutPrefix(rest[i:], d); ok {
					rest = after
					break
				}
			}
		}
	}
	return out, nil
}

func each(ps []pattern, next piece) []pattern {
	for i := range ps {
		ps[i] = ps[i].add(next)
	}
	return ps
}
