package lake

import (
	"math/bits"

	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/bloom/xxhash"
)

// valueSet collects the distinct values of one column of one row group, and
// the hashes of their folded forms. The empty text is not kept: nothing is
// told about it.
type valueSet struct {
	seen  []uint64 // hashes of values as they are: open addressing, a power of two, 0 is free
	n     int
	folds []uint64 // hashes of folded values; those that differ in case only come twice
	last  []byte   // the value before, which often comes again
}

// valueHash is the hash of a value; never 0.
func valueHash(text []byte) uint64 { return max(xxhash.Sum64(text), 1) }

// add adds a value; new says that it was not there.
func (s *valueSet) add(hash uint64) (isNew bool) {
	if s.n*4 >= len(s.seen)*3 {
		s.grow()
	}
	mask := uint64(len(s.seen) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch s.seen[i] {
		case hash:
			return false
		case 0:
			s.seen[i] = hash
			s.n++
			return true
		}
	}
}

func (s *valueSet) grow() {
	old := s.seen
	s.seen = make([]uint64, max(64, 2*len(old)))
	mask := uint64(len(s.seen) - 1)
	for _, h := range old {
		if h == 0 {
			continue
		}
		i := h & mask
		for s.seen[i] != 0 {
			i = (i + 1) & mask
		}
		s.seen[i] = h
	}
}

// appendFilter appends the set as a split block Bloom filter, and empties the
// set; nothing for an empty set.
func (s *valueSet) appendFilter(dst []byte) []byte {
	defer s.reset()
	if len(s.folds) == 0 {
		return dst
	}
	filter := make(bloom.SplitBlockFilter, bloom.NumSplitBlocksOf(int64(len(s.folds)), bloomBits))
	filter.InsertBulk(s.folds)
	return append(dst, filter.Bytes()...)
}

func (s *valueSet) reset() {
	if len(s.seen) > 1<<12 && s.n < len(s.seen)/8 {
		s.seen = nil // of a row group unlike the others
	}
	clear(s.seen)
	s.n, s.folds, s.last = 0, s.folds[:0], s.last[:0]
}

func popCount(words []uint64) int {
	n := 0
	for _, w := range words {
		n += bits.OnesCount64(w)
	}
	return n
}
