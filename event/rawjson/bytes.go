package rawjson

import (
	"encoding/binary"
	"math/bits"
)

// Eight bytes are looked at in one word: a byte equal to c has been found
// where (x-lows)&^x&highs of x = word^(c repeated) has its lowest bit set.
// Bits above the lowest may be false, so only the lowest is used.
const (
	lows       = 0x0101010101010101
	highs      = 0x8080808080808080
	quotes     = lows * '"'
	backslash  = lows * '\\'
	firstPlain = lows * 0x20
)

// stringEnd finds the end of the string whose first byte after the opening
// quote is doc[i]. It returns the offset after the closing quote, or -1 where
// there is none, and whether the string has escapes.
func stringEnd(doc []byte, i int) (end int, escaped bool) {
	for {
		if i+8 <= len(doc) {
			w := binary.LittleEndian.Uint64(doc[i:])
			q, b := w^quotes, w^backslash
			m := ((q-lows)&^q | (b-lows)&^b) & highs
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) >> 3
		} else {
			for i < len(doc) && doc[i] != '"' && doc[i] != '\\' {
				i++
			}
		}
		if i >= len(doc) {
			return -1, escaped
		}
		if doc[i] == '"' {
			return i + 1, escaped
		}
		escaped = true
		i += 2
	}
}

// space returns the offset of the first byte from i on that is not white space.
func space(doc []byte, i int) int {
	for i < len(doc) && doc[i] <= ' ' && isSpace(doc[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t'
}

// isEnd reports whether c may stand after a number or literal.
func isEnd(c byte) bool {
	return c == ',' || c == '}' || c == ']' || isSpace(c)
}
