package expr

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// AppendFold appends s with each rune replaced by the one that stands for all
// runes equal to it under Unicode simple folding, so that two texts are equal
// without regard to case, as [strings.EqualFold] decides it, when their folds
// are equal. ASCII letters become lower case. Bytes that are no UTF-8 stay as
// they are and equal only themselves.
func AppendFold(dst []byte, s string) []byte {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := load8(s[i:])
		if w&highs != 0 {
			break
		}
		dst = binary.LittleEndian.AppendUint64(dst, w|capitals(w)>>2) // 'a' is 'A' with this bit
	}
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, c)
		} else {
			dst = utf8.AppendRune(dst, foldRune(r))
		}
		i += size
	}
	return dst
}

// fold returns AppendFold as a new string, s itself where nothing changes.
func fold(s string) string {
	if isFolded(s) {
		return s
	}
	return string(AppendFold(nil, s))
}

// isFolded reports whether s is ASCII without capital letters, hence its own
// fold. It may be false for other text that is.
func isFolded(s string) bool {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := load8(s[i:])
		if w&highs != 0 || capitals(w) != 0 {
			return false
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// load8 reads the first eight bytes of s.
func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// capitals sets the high bit of each byte of w that is an ASCII capital. All
// bytes of w are ASCII.
func capitals(w uint64) uint64 {
	atLeastA := w + lows*(0x80-'A')
	aboveZ := w + lows*(0x80-'Z'-1)
	return (atLeastA &^ aboveZ) & highs
}

// foldRune returns the ASCII small letter among the runes that fold to r, or
// the least of them where there is none.
func foldRune(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	if 'A' <= least && least <= 'Z' {
		return least + 'a' - 'A'
	}
	return least
}
