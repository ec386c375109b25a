package literals

// Found is a set of IDs. The zero value holds none and has no room: see Grow.
type Found struct {
	// IDs are those found, each once, in no particular order. Only Add and
	// Reset change it.
	IDs  []int32
	bits []uint64
}

// Grow makes room for IDs from 0 to n-1.
func (f *Found) Grow(n int) {
	if words := (n + 63) / 64; words > len(f.bits) {
		f.bits = append(f.bits, make([]uint64, words-len(f.bits))...)
	}
}

// Add puts an ID into the set.
func (f *Found) Add(id int32) {
	w, b := &f.bits[id>>6], uint64(1)<<(id&63)
	if *w&b == 0 {
		*w |= b
		f.IDs = append(f.IDs, id)
	}
}

// Has reports whether an ID is in the set.
func (f *Found) Has(id int32) bool { return f.bits[id>>6]>>(id&63)&1 != 0 }

// Reset empties the set.
func (f *Found) Reset() {
	for _, id := range f.IDs {
		f.bits[id>>6] = 0
	}
	f.IDs = f.IDs[:0]
}
