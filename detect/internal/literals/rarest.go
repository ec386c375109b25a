package literals

import "strings"

// common are the bytes of paths, command lines and names, the most common
// first.
const common = "e/taosinr-cdlpmu. h=bgfv_kyw12:0x3t,46&%85q9zj"

// rarest returns where in a literal the part of size bytes stands that is
// likely the rarest in texts and, of equals, in the literals before: use
// counts parts by which those are known.
func rarest(literal string, size int, use map[uint32]int) int {
	best, at := -1, 0
	for i := 0; i+size <= len(literal); i++ {
		score := 0
		for j := i; j < i+size; j++ {
			score += rarity(literal[j])
		}
		score -= 8 * min(use[part(literal[i:], size)], 64)
		score += 8 * 64 // so that every score beats none
		if score > best {
			best, at = score, i
		}
	}
	return at
}

// rarity is greater for bytes that are less common.
func rarity(c byte) int {
	if i := strings.IndexByte(common, c); i >= 0 {
		return i
	}
	return len(common)
}
