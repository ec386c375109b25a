package literals

import "math/bits"

// table finds a text among literals of one kind. The zero value has none.
type table struct {
	slots []slot // a power of two, at most a quarter full
	shift uint8  // of a hash to an index
}

type slot struct {
	hash uint64
	id   int32
	used bool
	text string
}

func newTable(literals []Literal) table {
	if len(literals) == 0 {
		return table{}
	}
	size := 1 << bits.Len(uint(4*len(literals)-1))
	t := table{slots: make([]slot, size), shift: uint8(64 - bits.TrailingZeros(uint(size)))}
	for _, l := range literals {
		h := Hash(l.Text)
		i := int(h >> t.shift)
		for t.slots[i&(size-1)].used {
			i++
		}
		t.slots[i&(size-1)] = slot{h, l.ID, true, l.Text}
	}
	return t
}

// find returns the ID of text, -1 where it is none of the literals.
func (t *table) find(text string) int32 {
	h := Hash(text)
	mask := len(t.slots) - 1
	for i := int(h >> (t.shift & 63)); ; i++ {
		s := &t.slots[i&mask]
		if !s.used {
			return -1
		}
		if s.hash == h && s.text == text {
			return s.id
		}
	}
}
