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

// checkString reads the string that opens at i, with its quotes, and tells
// whether there are escapes in it.
func checkString(doc []byte, i int) (end int, escaped bool, msg string) {
	for i++; ; {
		if i+8 <= len(doc) {
			w := binary.LittleEndian.Uint64(doc[i:])
			q, b := w^quotes, w^backslash
			m := ((q-lows)&^q | (b-lows)&^b | (w-firstPlain)&^w) & highs
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) >> 3
		} else {
			for i < len(doc) && doc[i] != '"' && doc[i] != '\\' && doc[i] >= ' ' {
				i++
			}
		}
		if i >= len(doc) {
			return len(doc), escaped, msgString
		}
		switch doc[i] {
		case '"':
			return i + 1, escaped, ""
		case '\\':
			escaped = true
			if i, msg = checkEscape(doc, i); msg != "" {
				return i, escaped, msg
			}
		default:
			return i, escaped, msgControl
		}
	}
}

// checkEscape reads the escape at i.
func checkEscape(doc []byte, i int) (end int, msg string) {
	if i+1 >= len(doc) {
		return len(doc), msgString
	}
	if doc[i+1] != 'u' {
		if unescaped(doc[i+1]) == 0 {
			return i, msgEscape
		}
		return i + 2, ""
	}
	for n := 2; n < 6; n++ {
		if i+n >= len(doc) {
			return len(doc), msgString
		}
		if c := doc[i+n]; !isHex(c) {
			return i, msgEscape
		}
	}
	return i + 6, ""
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
