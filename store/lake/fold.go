package lake

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// appendFold appends s with all forms of a letter made one, so that texts
// that differ in case only become equal. It is coarser than any engine's
// lower(): two texts that such a function makes equal, this makes equal too.
// Bytes that are no UTF-8 stay as they are.
func appendFold(dst, s []byte) []byte {
	for len(s) > 0 {
		for len(s) >= 8 {
			w := binary.LittleEndian.Uint64(s)
			if w&highBits != 0 {
				break
			}
			dst = binary.LittleEndian.AppendUint64(dst, lower8(w))
			s = s[8:]
		}
		if len(s) == 0 {
			break
		}
		c := s[0]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst, s = append(dst, c), s[1:]
			continue
		}
		r, n := utf8.DecodeRune(s)
		if r == utf8.RuneError && n <= 1 {
			dst, s = append(dst, c), s[1:]
			continue
		}
		dst, s = utf8.AppendRune(dst, foldRune(r)), s[n:]
	}
	return dst
}

// Eight bytes in a word: the high bit of each, and the low bit of each.
const (
	highBits = 0x8080808080808080
	lowBits  = 0x0101010101010101
)

// lower8 makes eight ASCII letters small at once.
func lower8(w uint64) uint64 {
	fromA := w + (0x80-'A')*lowBits  // high bit: at least A
	aboveZ := w + (0x7f-'Z')*lowBits // high bit: above Z
	return w | (fromA&^aboveZ&highBits)>>2
}

// foldRune returns the one form that stands for all forms of a letter.
func foldRune(r rune) rune {
	r = unicode.ToLower(r)
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return unicode.ToLower(least)
}
