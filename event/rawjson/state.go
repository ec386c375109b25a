package rawjson

import (
	"encoding/binary"
	"math/bits"
)

// A state says what is wanted at and below one value. A nil state wants
// nothing. States are shared and never change once compiled.
type state struct {
	slots   []int32 // that the value itself is a leaf of
	table   []member
	shift   uint8 // of a hash to an index of table
	rest    *state
	element *state       // for array elements that no entry of index is for
	index   []indexState // sorted
	patch   *state       // the root that operations of a JSON Patch apply to
	numbers *numberState // for numeric steps of JSON pointers
}

// A member is the state for members of one name.
type member struct {
	name string
	to   *state // nil in an entry that is free
}

// indexState is the state of the element at from, counted from the start of
// an array (-1: any), and at back, counted from its end (0: any).
type indexState struct {
	from, back int
	to         *state
}

// numberState says where a JSON pointer's step goes that is an array index or
// "-" and may as well be a member's name.
type numberState struct {
	listed map[string]*state
	other  *state
}

// byRest is the place of a member that only a wildcard applies to.
const byRest = -1

// find returns the state for a member and the member's place in the table,
// byRest for one whose name is in no path.
func (s *state) find(name []byte) (to *state, place int) {
	if len(s.table) > 0 {
		mask := len(s.table) - 1
		for i := int(hashName(name) >> (s.shift & 63)); ; i++ {
			m := &s.table[i&mask]
			if m.to == nil {
				break
			}
			if m.name == string(name) {
				return m.to, i & mask
			}
		}
	}
	return s.rest, byRest
}

// hashName mixes the length, start and end of a name. It need not resist
// chosen input: the names in a table come from rules, and a document's names
// are never stored by it.
func hashName(name []byte) uint64 {
	const odd = 0x9E3779B97F4A7C15
	var a, b uint64
	switch n := len(name); {
	case n >= 8:
		a = binary.LittleEndian.Uint64(name)
		b = binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		a = uint64(binary.LittleEndian.Uint32(name))
		b = uint64(binary.LittleEndian.Uint32(name[n-4:]))
	case n > 0:
		a = uint64(name[0]) | uint64(name[n/2])<<8 | uint64(name[n-1])<<16
	}
	return (a ^ bits.RotateLeft64(b, 29) ^ uint64(len(name))<<56) * odd
}

// setMembers fills the table, sparsely so that most misses end at once.
func (s *state) setMembers(to map[string]*state, names []string) {
	if len(names) == 0 {
		return
	}
	size := 1 << bits.Len(uint(4*len(names)-1))
	s.table = make([]member, size)
	s.shift = uint8(64 - bits.TrailingZeros(uint(size)))
	for _, name := range names {
		i := int(hashName([]byte(name)) >> s.shift)
		for s.table[i&(size-1)].to != nil {
			i++
		}
		s.table[i&(size-1)] = member{name, to[name]}
	}
}

// slot returns the first slot of s, or the one given where s has none.
func (s *state) slot(outer int) int {
	if s == nil || len(s.slots) == 0 {
		return outer
	}
	return int(s.slots[0])
}

// wantsMembers reports whether anything inside an object is wanted.
func (s *state) wantsMembers() bool { return len(s.table) > 0 || s.rest != nil }

// wantsElements reports whether anything inside an array is wanted.
func (s *state) wantsElements() bool {
	return s.element != nil || len(s.index) > 0 || s.patch != nil
}

// countsBack reports whether an array's length must be known.
func (s *state) countsBack() bool {
	for _, e := range s.index {
		if e.back != 0 {
			return true
		}
	}
	return false
}

// at returns the state for element i of an array of n; n is only looked at
// where countsBack.
func (s *state) at(i, n int) *state {
	to := s.element
	for _, e := range s.index {
		if (e.from == -1 || e.from == i) && (e.back == 0 || e.back == i-n) {
			to = e.to
		}
	}
	return to
}

// pointer returns the state that one step of a JSON pointer leads to.
func (s *state) pointer(step []byte) *state {
	if s.numbers != nil && isPointerIndex(step) {
		if to, ok := s.numbers.listed[string(step)]; ok {
			return to
		}
		return s.numbers.other
	}
	to, _ := s.find(step)
	return to
}

// isPointerIndex reports whether a step of a JSON pointer can name an array
// element (RFC 6901, section 4).
func isPointerIndex(step []byte) bool {
	if len(step) == 0 || len(step) > 1 && step[0] == '0' {
		return false
	}
	if string(step) == "-" {
		return true
	}
	for _, c := range step {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
