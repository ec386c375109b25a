package lake

// gramLen is how many bytes of folded text a gram has: STORAGE measured none
// of 24 absent words passing at four.
const gramLen = 4

// Sizes of a gram filter in bits, powers of two. It is built in the largest,
// which fits the cache of a core, and folded onto itself while it stays
// sparse.
const (
	maxGramBits = 1 << 22
	minGramBits = 1 << 10
)

// Of the bits of a gram filter at most this many in 16 are set: one gram of
// an absent word passes with that chance, and a word of eight letters has
// five. A filter that cannot keep to maxFill is left out.
const (
	gramFill = 3
	maxFill  = 10
)

// gramSet collects the grams of one column of one row group. A gram has one
// bit, chosen by a multiplicative hash, so that a set can be halved by
// joining its halves.
type gramSet struct {
	bits []uint64
	set  int // bits that are set
}

// add adds the grams of text, which is folded. Texts shorter than a gram have
// none.
func (g *gramSet) add(text []byte) {
	if len(text) < gramLen {
		return
	}
	if g.bits == nil {
		g.bits = make([]uint64, maxGramBits/64)
	}
	w := uint32(text[0])<<8 | uint32(text[1])<<16 | uint32(text[2])<<24
	for _, c := range text[gramLen-1:] {
		w = w>>8 | uint32(c)<<24
		h := gramHash(w) & (maxGramBits - 1)
		word, bit := &g.bits[h>>6], uint64(1)<<(h&63)
		if *word&bit == 0 {
			*word |= bit
			g.set++
		}
	}
}

// gramHash spreads a gram; its low bits are used, and all bytes of the gram
// reach them.
func gramHash(w uint32) uint32 {
	return uint32(uint64(w) * 0x9E3779B97F4A7C15 >> 32) // 2^64 over the golden ratio
}

// appendFilter appends the set as a filter as small as gramFill allows, and
// empties the set. It appends nothing when there are no grams or too many.
// known is false when nothing can be said: a filter of no bytes and known
// means that no text has a gram.
func (g *gramSet) appendFilter(dst []byte) (out []byte, known bool) {
	if g.set == 0 {
		return dst, true
	}
	defer g.reset()
	bits, n, set := g.bits, len(g.bits), g.set
	if set*16 > n*64*maxFill {
		return dst, false
	}
	for n*64 > minGramBits {
		// Joining the halves sets at most as many bits as before, of half.
		if set*16*2 > n*64*gramFill {
			break
		}
		n /= 2
		for i := range n {
			bits[i] |= bits[i+n]
		}
		set = popCount(bits[:n])
	}
	for _, w := range bits[:n] {
		dst = append(dst, byte(w), byte(w>>8), byte(w>>16), byte(w>>24), byte(w>>32), byte(w>>40), byte(w>>48), byte(w>>56))
	}
	return dst, true
}

func (g *gramSet) reset() {
	if g.set == 0 {
		return
	}
	clear(g.bits)
	g.set = 0
}

// gramsOf returns the hashes of the grams of folded text, nil when it is
// shorter than one.
func gramsOf(text []byte) []uint32 {
	var out []uint32
	for i := 0; i+gramLen <= len(text); i++ {
		w := uint32(text[i]) | uint32(text[i+1])<<8 | uint32(text[i+2])<<16 | uint32(text[i+3])<<24
		out = append(out, gramHash(w))
	}
	return out
}
