package detect

// probe is how many neighbouring slots a hash may stand in. A full
// neighbourhood makes the table grow and, at its bound, forgets the oldest.
const probe = 16

// seen is one slot of a seenTable: a hash and the hour since 1970 in which it
// was seen last. Hash 0 is an empty slot.
type seen struct {
	hash uint64
	hour uint32
}

const seenBytes = 16

// seenTable is an open-addressing table of bounded size.
type seenTable struct {
	slots   []seen
	used    int
	max     int // slots, a power of two
	evicted int64
}

func (t *seenTable) limit(bytes int64) { t.max = slotsFor(bytes, seenBytes) }

// slotsFor returns the largest power of two of slots that fit, at least
// probe.
func slotsFor(bytes, each int64) int {
	n := probe
	for int64(n)*2*each <= bytes {
		n *= 2
	}
	return n
}

// nonzero keeps 0 for empty slots.
func nonzero(h uint64) uint64 {
	if h == 0 {
		return 1
	}
	return h
}

func (t *seenTable) get(h uint64) (hour uint32, ok bool) {
	h = nonzero(h)
	mask := len(t.slots) - 1
	for i := range min(probe, len(t.slots)) {
		if s := &t.slots[(int(h)+i)&mask]; s.hash == h {
			return s.hour, true
		}
	}
	return 0, false
}

// put notes that h was seen in an hour; the latest hour counts.
func (t *seenTable) put(h uint64, hour uint32) {
	h = nonzero(h)
	for {
		if len(t.slots) == 0 {
			t.slots = make([]seen, probe)
		}
		mask := len(t.slots) - 1
		free, oldest := -1, 0
		for i := range probe {
			at := (int(h) + i) & mask
			s := &t.slots[at]
			if s.hash == h {
				s.hour = max(s.hour, hour)
				return
			}
			if s.hash == 0 && free < 0 {
				free = at
			}
			if i == 0 || s.hour < t.slots[oldest].hour {
				oldest = at
			}
		}
		switch {
		case free >= 0:
			t.slots[free] = seen{h, hour}
			t.used++
			return
		case len(t.slots) < t.max:
			t.grow()
		default:
			t.slots[oldest] = seen{h, hour}
			t.evicted++
			return
		}
	}
}

// grow doubles the table.
func (t *seenTable) grow() {
	old := t.slots
	t.slots, t.used = make([]seen, 2*len(old)), 0
	for _, s := range old {
		if s.hash != 0 {
			t.put(s.hash, s.hour)
		}
	}
}

// memory is what a memory has seen: the times, in nanoseconds, of its first
// and its last match, and how many.
type memory struct {
	hash        uint64
	first, last int64
	count       uint32
}

// memoryTable is an open-addressing table like seenTable.
type memoryTable struct {
	slots   []memory
	used    int
	max     int
	evicted int64
}

func (t *memoryTable) limit(bytes int64) { t.max = slotsFor(bytes, noveltyMemorySlotBytes) }

// get returns the memory or nil. It is valid until the next put.
func (t *memoryTable) get(h uint64) *memory {
	h = nonzero(h)
	mask := len(t.slots) - 1
	for i := range min(probe, len(t.slots)) {
		if m := &t.slots[(int(h)+i)&mask]; m.hash == h {
			return m
		}
	}
	return nil
}

// put adds one match at time t.
func (t *memoryTable) put(h uint64, at int64) {
	m := t.slot(nonzero(h))
	if m.hash == 0 {
		*m = memory{hash: nonzero(h), first: at, last: at}
		t.used++
	}
	m.first, m.last = min(m.first, at), max(m.last, at)
	if m.count != ^uint32(0) {
		m.count++
	}
}

// slot returns the slot of h, an empty one when it is not there.
func (t *memoryTable) slot(h uint64) *memory {
	for {
		if m := t.get(h); m != nil {
			return m
		}
		if len(t.slots) == 0 {
			t.slots = make([]memory, probe)
		}
		mask := len(t.slots) - 1
		oldest := int(h) & mask
		for i := range probe {
			m := &t.slots[(int(h)+i)&mask]
			if m.hash == 0 {
				return m
			}
			if m.last < t.slots[oldest].last {
				oldest = (int(h) + i) & mask
			}
		}
		if len(t.slots) < t.max {
			t.grow()
			continue
		}
		t.slots[oldest] = memory{}
		t.used--
		t.evicted++
		return &t.slots[oldest]
	}
}

// grow doubles the table. Entries keep their neighbourhood or move to the
// one that opened half a table further on, so that there is always room.
func (t *memoryTable) grow() {
	old := t.slots
	t.slots = make([]memory, 2*len(old))
	for _, m := range old {
		if m.hash != 0 {
			*t.slot(m.hash) = m
		}
	}
}
