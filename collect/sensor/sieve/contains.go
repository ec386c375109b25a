package sieve

import (
	"math"
	"strings"
)

// contains takes in texts that names contain. The kernel looks for two bytes of each, the rarest there are.
func (s *Sieve) contains(texts []string) {
	shortest := math.MaxInt
	for _, text := range texts {
		part := longestPart(text)
		if len(part) < 2 {
			s.Verdict = everything
			return
		}
		shortest = min(shortest, len(part))
		if !s.pair(rarest(part)) {
			s.Verdict = everything
			return
		}
	}
	s.Shortest = uint32(min(shortest, maxLength))
}

// pair takes in two bytes to look for, and says whether there is room for them.
func (s *Sieve) pair(first, second byte) bool {
	a, b := uint64(first)*everyByte, uint64(second)*everyByte
	for i := range s.Pairs {
		if s.First[i] == a && s.Second[i] == b {
			return true
		}
	}
	if int(s.Pairs) == len(s.First) {
		return false
	}
	s.First[s.Pairs], s.Second[s.Pairs] = a, b
	s.Pairs++
	return true
}

// everyByte has a one in each byte.
const everyByte = 0x0101010101010101

// longestPart returns the longest piece of a text between slashes: a name contains it if the path contains the text.
func longestPart(text string) string {
	longest := ""
	for part := range strings.SplitSeq(text, "/") {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// frequent has the bytes that names of files are made of, the most frequent first, as counted below /usr of a Debian
// system; what is not in it is rarer than all of them.
const frequent = "e-tasonilr.cpmd/hug_0byf12kv3x5wj4zq6789SCAETPRILMDN"

// rarest returns the two bytes that follow each other in a text and are the least frequent.
func rarest(text string) (first, second byte) {
	best, at := -1, 0
	for i := range len(text) - 1 {
		if r := rarity(text[i]) + rarity(text[i+1]); r > best {
			best, at = r, i
		}
	}
	return text[at], text[at+1]
}

func rarity(c byte) int {
	if i := strings.IndexByte(frequent, c); i >= 0 {
		return i
	}
	return len(frequent)
}
