package audit

import "hash/maphash"

const (
	internSets   = 2048 // with two words each: users, agents, namespaces of a large cluster
	internLength = 256  // of the longest word that is kept
)

// interner gives equal words the same memory, so that later stages can tell
// them by their address and keep them without a copy. It is bounded: a word
// is kept once it was seen twice in a row at its place, and pushes out another
// then. The zero value is not ready: use newInterner.
type interner struct {
	seed maphash.Seed
	sets []internSet
}

type internSet struct {
	words     [2]string
	candidate uint64 // hash of the last word that was not here
}

func newInterner() *interner {
	return &interner{seed: maphash.MakeSeed(), sets: make([]internSet, internSets)}
}

// find returns the kept word that equals b; ok is false where there is none.
func (in *interner) find(b []byte) (word string, ok bool) {
	if len(b) == 0 {
		return "", true
	}
	if len(b) > internLength {
		return "", false
	}
	h := maphash.Bytes(in.seed, b)
	s := &in.sets[h%internSets]
	if s.words[0] == string(b) {
		return s.words[0], true
	}
	if s.words[1] == string(b) {
		return s.words[1], true
	}
	if s.candidate != h {
		s.candidate = h
		return "", false
	}
	s.words[1] = s.words[0]
	s.words[0] = string(b)
	return s.words[0], true
}
