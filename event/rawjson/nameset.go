package rawjson

import "hash/maphash"

// nameSet remembers members that only a wildcard applies to, of all objects
// of one document. Its hash is seeded: documents choose the names.
type nameSet struct {
	seed    maphash.Seed
	seeded  bool
	entries []seenName
	table   []int32 // places in entries plus one, 0 where free
}

// seenName is a member of the object whose first byte is at object.
type seenName struct {
	hash   uint64
	object int
	name   []byte
	value  span
}

func (n *nameSet) reset() {
	if len(n.entries) == 0 {
		return
	}
	n.entries = truncate(n.entries, keptMembers)
	n.table = truncate(n.table, 4*keptMembers)
}

// put remembers a member's value. Where the object had a member of that name
// already it returns the value of that.
func (n *nameSet) put(object int, name []byte, value span) (old span, again bool) {
	if 2*len(n.entries) >= len(n.table) {
		n.grow()
	}
	hash := maphash.Bytes(n.seed, name) + uint64(object)*0x9E3779B97F4A7C15
	mask := uint64(len(n.table) - 1)
	for i := hash; ; i++ {
		place := &n.table[i&mask]
		if *place == 0 {
			n.entries = append(n.entries, seenName{hash, object, name, value})
			*place = int32(len(n.entries))
			return span{}, false
		}
		e := &n.entries[*place-1]
		if e.hash == hash && e.object == object && string(e.name) == string(name) {
			old, e.value = e.value, value
			return old, true
		}
	}
}

// grow makes the table at least four times as large as there are entries.
func (n *nameSet) grow() {
	if !n.seeded {
		n.seed, n.seeded = maphash.MakeSeed(), true
	}
	size := max(64, 4*len(n.entries))
	for size&(size-1) != 0 {
		size += size & -size
	}
	if cap(n.table) >= size {
		n.table = n.table[:size]
		clear(n.table)
	} else {
		n.table = make([]int32, size)
	}
	mask := uint64(size - 1)
	for place, e := range n.entries {
		i := e.hash
		for n.table[i&mask] != 0 {
			i++
		}
		n.table[i&mask] = int32(place + 1)
	}
}
