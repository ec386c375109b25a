package literals

import (
	"math/bits"
	"slices"
	"strings"
)

// filterWords of 64 bits, 8 KiB, fit the first-level cache beside what else
// is needed; with 10,000 literals, one part in fourteen that is none of theirs
// passes.
const filterWords = 1024

// grams finds literals inside a text by one part of each, all parts of one
// size.
type grams struct {
	filter  [filterWords]uint64 // two bits for each part, by two hashes
	shift   uint8               // of a hash to an index of starts
	starts  []int32             // of each hash's entries
	entries []entry
}

// entry is a literal and the part that it is known by.
type entry struct {
	part uint32
	at   int32 // of the part in the literal
	id   int32
	text string
}

// newGrams returns nil for no literals. Each is at least size bytes long,
// which are 2 or 4.
func newGrams(literals []Literal, size int) *grams {
	if len(literals) == 0 {
		return nil
	}
	buckets := 1 << bits.Len(uint(2*len(literals)))
	g := &grams{shift: uint8(32 - bits.TrailingZeros(uint(buckets))), starts: make([]int32, buckets+1)}
	use := map[uint32]int{}
	for _, l := range literals {
		e := entry{id: l.ID, text: l.Text}
		e.at = int32(rarest(l.Text, size, use))
		e.part = part(l.Text[e.at:], size)
		use[e.part]++
		g.entries = append(g.entries, e)
		h := gramHash(e.part)
		g.filter[h>>22] |= 1 << (h >> 16 & 63)
		h = secondHash(e.part)
		g.filter[h>>22] |= 1 << (h >> 16 & 63)
	}
	slices.SortStableFunc(g.entries, func(a, b entry) int {
		return int(gramHash(a.part)>>g.shift) - int(gramHash(b.part)>>g.shift)
	})
	for _, e := range g.entries {
		g.starts[gramHash(e.part)>>g.shift+1]++
	}
	for i := 1; i < len(g.starts); i++ {
		g.starts[i] += g.starts[i-1]
	}
	return g
}

// part returns the first size bytes of s.
func part(s string, size int) uint32 {
	if size == 2 {
		return uint32(s[0]) | uint32(s[1])<<8
	}
	return load4(s)
}

// Two multiplicative hashes, of which the high bits are good.
func gramHash(part uint32) uint32   { return part * 0x9E3779B1 }
func secondHash(part uint32) uint32 { return part * 0x85EBCA6B }

// findQuads adds the literals inside text, by parts of four bytes.
func (g *grams) findQuads(text string, f *Found) {
	if len(text) < 4 {
		return
	}
	w := uint32(text[0])<<8 | uint32(text[1])<<16 | uint32(text[2])<<24
	for i := 3; i < len(text); i++ {
		w = w>>8 | uint32(text[i])<<24
		h := gramHash(w)
		if g.filter[h>>22]>>(h>>16&63)&1 != 0 {
			g.check(text, i-3, w, h, f)
		}
	}
}

// findPairs adds the literals inside text, by parts of two bytes.
func (g *grams) findPairs(text string, f *Found) {
	for i := 1; i < len(text); i++ {
		w := uint32(text[i-1]) | uint32(text[i])<<8
		h := gramHash(w)
		if g.filter[h>>22]>>(h>>16&63)&1 != 0 {
			g.check(text, i-1, w, h, f)
		}
	}
}

// check compares the literals known by the part w at text[i:].
func (g *grams) check(text string, i int, w, h uint32, f *Found) {
	if h2 := secondHash(w); g.filter[h2>>22]>>(h2>>16&63)&1 == 0 {
		return
	}
	b := h >> (g.shift & 31)
	entries := g.entries[g.starts[b]:g.starts[b+1]]
	for k := range entries {
		e := &entries[k]
		from := i - int(e.at)
		if e.part == w && from >= 0 && !f.Has(e.id) && strings.HasPrefix(text[from:], e.text) {
			f.Add(e.id)
		}
	}
}
