package lake

import (
	"math/bits"

	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/bloom/xxhash"
)

// valueSet collects the distinct folded values of one column of one row
// group, by hash. The empty text is not kept: nothing is told about it.
type valueSet struct {
	slots []uint64 // open addressing, a power of two; 0 is free
	n     int
	buf   []byte
	last  []byte // the value before, which often comes again
}

// valueHash is the hash of a folded value; never 0.
func valueHash(folded []byte) uint64 {
	return max(xxhash.Sum64(folded), 1)
}

// add adds a value as it is stored; folded is its folded form.
func (s *valueSet) add(folded []byte) {
	h := valueHash(folded)
	if s.n*4 >= len(s.slots)*3 {
		s.grow()
	}
	mask := uint64(len(s.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case h:
			return
		case 0:
			s.slots[i] = h
			s.n++
			return
		}
	}
}

func (s *valueSet) grow() {
	old := s.slots
	s.slots = make([]uint64, max(64, 2*len(old)))
	mask := uint64(len(s.slots) - 1)
	for _, h := range old {
		if h == 0 {
			continue
		}
		i := h & mask
		for s.slots[i] != 0 {
			i = (i + 1) & mask
		}
		s.slots[i] = h
	}
}

// appendFilter appends the set as a split block Bloom filter, and empties the
// set; nothing for an empty set.
func (s *valueSet) appendFilter(dst []byte) []byte {
	defer s.reset()
	if s.n == 0 {
		return dst
	}
	filter := make(bloom.SplitBlockFilter, bloom.NumSplitBlocksOf(int64(s.n), bloomBits))
	for _, h := range s.slots {
		if h != 0 {
			filter.Insert(h)
		}
	}
	return append(dst, filter.Bytes()...)
}

func (s *valueSet) reset() {
	if len(s.slots) > 1<<12 && s.n < len(s.slots)/8 {
		s.slots = nil // of a row group unlike the others
	}
	clear(s.slots)
	s.n, s.last = 0, s.last[:0]
}

func popCount(words []uint64) int {
	n := 0
	for _, w := range words {
		n += bits.OnesCount64(w)
	}
	return n
}
