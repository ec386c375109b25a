package candidates

import (
	"encoding/binary"
	"math/bits"

	"github.com/lynceus-io/lynceus/detect/internal/literals"
)

// memo remembers the classes of values. Values stand in a buffer of fixed
// size; when that is full, all are forgotten. Four values share a set: one
// more replaces one of them.
type memo struct {
	sets []memoSet // a power of two
	keys []byte
	turn uint32 // which of a set is replaced next
}

const (
	memoWays = 4
	// longestKey and longestList keep rare long values from pushing out many
	// short ones, in bytes. Lists are what a process descends from, the same for
	// all that one process starts, and each text of them would be looked at.
	longestKey  = 512
	longestList = 4 << 10
)

type memoSet [memoWays]memoEntry

type memoEntry struct {
	tag   uint32 // of the hash; 0 is free
	from  uint32 // of the key in keys
	size  uint16
	class classID
}

// newMemo makes a memo of about so many bytes.
func newMemo(bytes int) *memo {
	const setBytes = memoWays * 12
	sets := 1 << max(bits.Len(uint(bytes/4/setBytes))-1, 0)
	return &memo{sets: make([]memoSet, sets), keys: make([]byte, 0, max(bytes-sets*setBytes, 0))}
}

func (m *memo) reset() {
	clear(m.sets)
	m.keys = m.keys[:0]
}

func tag(h uint64) uint32 { return uint32(h>>32) | 1 }

func (m *memo) set(h uint64) *memoSet { return &m.sets[int(h)&(len(m.sets)-1)] }

// text returns the class of a text.
func (m *memo) text(h uint64, text string) (classID, bool) {
	set := m.set(h)
	for i := range set {
		e := &set[i]
		if e.tag == tag(h) && string(m.keys[e.from:e.from+uint32(e.size)]) == text {
			return e.class, true
		}
	}
	return 0, false
}

// putText remembers the class of a text that text does not know.
func (m *memo) putText(h uint64, text string, class classID) {
	from, ok := m.room(len(text))
	if !ok {
		return
	}
	m.keys = append(m.keys, text...)
	m.put(h, from, class)
}

// list returns the class of a list of texts.
func (m *memo) list(h uint64, list []string) (classID, bool) {
	set := m.set(h)
	for i := range set {
		e := &set[i]
		if e.tag == tag(h) && isList(m.keys[e.from:e.from+uint32(e.size)], list) {
			return e.class, true
		}
	}
	return 0, false
}

// isList reports whether key is what putList wrote for a list.
func isList(key []byte, list []string) bool {
	for _, v := range list {
		if len(key) < 2 || int(binary.LittleEndian.Uint16(key)) != len(v) || string(key[2:2+len(v)]) != v {
			return false
		}
		key = key[2+len(v):]
	}
	return len(key) == 0
}

// putList remembers the class of a list that list does not know.
func (m *memo) putList(h uint64, list []string, class classID) {
	size := 0
	for _, v := range list {
		if size += 2 + len(v); size > longestList {
			return
		}
	}
	from, ok := m.room(size)
	if !ok {
		return
	}
	for _, v := range list {
		m.keys = binary.LittleEndian.AppendUint16(m.keys, uint16(len(v)))
		m.keys = append(m.keys, v...)
	}
	m.put(h, from, class)
}

// room makes room for a key and returns where it goes; ok is false for one
// that is longer than all of them may be.
func (m *memo) room(size int) (from int, ok bool) {
	if size > cap(m.keys) {
		return 0, false
	}
	if len(m.keys)+size > cap(m.keys) {
		m.reset()
	}
	return len(m.keys), true
}

// put enters the key that stands at the end of keys.
func (m *memo) put(h uint64, from int, class classID) {
	set := m.set(h)
	at := -1
	for i := range set {
		if set[i].tag == 0 {
			at = i
			break
		}
	}
	if at < 0 {
		at = int(m.turn) % memoWays
		m.turn++
	}
	set[at] = memoEntry{tag(h), uint32(from), uint16(len(m.keys) - from), class}
}

func hashList(list []string) uint64 {
	h := uint64(len(list))
	for _, v := range list {
		h = h*0x9E3779B97F4A7C15 ^ literals.Hash(v)
	}
	return h ^ h>>32
}
