package sigma

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

type pieceKind uint8

const (
	literal pieceKind = iota // text as it is
	anyRun                   // * : any characters, none too
	anyOne                   // ? : one character
)

// piece is a part of a Sigma value.
type piece struct {
	kind pieceKind
	text string // of a literal
}

// pattern is a Sigma value: literals and wildcards in turn, no two literals
// and no two runs side by side. The empty pattern is the empty string.
type pattern []piece

// parsePattern reads a Sigma value. A backslash makes a following wildcard or
// backslash ordinary, and is ordinary itself before anything else.
func parsePattern(text string) pattern {
	var p pattern
	var lit strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`\*?`, text[i+1]) >= 0:
			i++
			lit.WriteByte(text[i])
		case c == '*' || c == '?':
			p = p.add(piece{text: lit.String()})
			lit.Reset()
			kind := anyRun
			if c == '?' {
				kind = anyOne
			}
			p = p.add(piece{kind: kind})
		default:
			lit.WriteByte(c)
		}
	}
	return p.add(piece{text: lit.String()})
}

// add returns p with one more piece, joined with the last where that is
// possible. It may change p's last piece.
func (p pattern) add(next piece) pattern {
	if next.kind == literal && next.text == "" {
		return p
	}
	if n := len(p); n > 0 && p[n-1].kind == next.kind && next.kind != anyOne {
		p[n-1].text += next.text
		return p
	}
	return append(p, next)
}

// join returns a new pattern of all parts, one after another.
func join(parts ...pattern) pattern {
	var out pattern
	for _, p := range parts {
		for _, x := range p {
			out = out.add(x)
		}
	}
	return out
}

// plain returns the text of a pattern without wildcards.
func (p pattern) plain() (text string, ok bool) {
	switch {
	case len(p) == 0:
		return "", true
	case len(p) == 1 && p[0].kind == literal:
		return p[0].text, true
	}
	return "", false
}

var escapeGlob = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)

// glob writes the pattern in the form of [expr.OpGlob].
func (p pattern) glob() string {
	var b strings.Builder
	for _, x := range p {
		switch x.kind {
		case anyRun:
			b.WriteByte('*')
		case anyOne:
			b.WriteByte('?')
		default:
			escapeGlob.WriteString(&b, x.text)
		}
	}
	return b.String()
}

// test returns the predicate that a field's value matches the pattern, by the
// plainest operator that says so.
func (p pattern) test(at expr.Pos, field event.Ref, name string, fold bool) *expr.Pred {
	pred := &expr.Pred{At: at, Field: field, Name: name, Fold: fold}
	shape := make([]pieceKind, len(p))
	for i, x := range p {
		shape[i] = x.kind
	}
	switch {
	case len(p) == 0:
		pred.Op = expr.OpEq
	case slices.Equal(shape, []pieceKind{literal}):
		pred.Op, pred.Text = expr.OpEq, p[0].text
	case slices.Equal(shape, []pieceKind{literal, anyRun}):
		pred.Op, pred.Text = expr.OpPrefix, p[0].text
	case slices.Equal(shape, []pieceKind{anyRun, literal}):
		pred.Op, pred.Text = expr.OpSuffix, p[1].text
	case slices.Equal(shape, []pieceKind{anyRun, literal, anyRun}):
		pred.Op, pred.Text = expr.OpContains, p[1].text
	default:
		pred.Op, pred.Text = expr.OpGlob, p.glob()
	}
	return pred
}
