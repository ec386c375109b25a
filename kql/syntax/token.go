package syntax

// kind is what a token is.
type kind uint8

const (
	tEOF      kind = iota
	tName          // an identifier, also word operators as in~ and !has_cs
	tString        // text is the value
	tLong          // 12, 0x1f
	tReal          // 1.5, 1e9
	tTimespan      // 1d, 2h30m
	tPunct         // text is the sign
	tMixed         // 00.5Z: no number, but part of datetime(2026-03-04T10:00:00.5Z)
	tBad           // already reported
)

// token is a word of the query.
type token struct {
	Span
	kind kind
	text string
}

// is reports whether the token is that sign.
func (t token) is(sign string) bool { return t.kind == tPunct && t.text == sign }

// word reports whether the token is that word.
func (t token) word(w string) bool { return t.kind == tName && t.text == w }

// touches reports whether u follows t with nothing between them.
func (t token) touches(u token) bool { return t.End == u.Start }
