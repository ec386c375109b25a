package rawjson

import "slices"

// What Reset lets go of, so that one huge document is not paid for by all
// that follow.
const (
	keptLeaves  = 4096    // per slot
	keptArena   = 1 << 20 // bytes
	keptMembers = 4096
)

// Values are the leaves found in one document. They stay valid until the next
// Reset or Extract into them, and as long as the document is unchanged. A
// Values is for one goroutine at a time; the zero value is ready for use.
type Values struct {
	// Duplicates is how many wanted members were named again in their object.
	Duplicates int
	// Dropped is how many leaves were left out because of Options.MaxLeaves.
	Dropped int

	slots   [][]Leaf
	used    []int32 // slots that hold leaves
	count   int     // of leaves in all slots
	limit   int
	full    bool         // of leaves that count, so that nothing more is kept
	arena   []byte       // texts without their escapes
	members []seenMember // of the objects being walked, outermost first
	names   nameSet      // members met through wildcards
	stale   []span       // values that a later member of the same name replaces
}

// seenMember is a wanted member of an object that is being walked.
type seenMember struct {
	place int
	value span
}

// A span is a part of a document.
type span struct{ start, end int }

// Leaves returns what was found for the path that has the slot. A container's
// leaf comes after those of its elements; otherwise the order is that of the
// document, then that of patches.
func (v *Values) Leaves(slot int) []Leaf {
	if slot >= len(v.slots) {
		return nil
	}
	return v.slots[slot]
}

// Reset forgets all leaves and keeps the memory.
func (v *Values) Reset() {
	for _, slot := range v.used {
		if cap(v.slots[slot]) > keptLeaves {
			v.slots[slot] = nil
		} else {
			v.slots[slot] = v.slots[slot][:0]
		}
	}
	v.used = v.used[:0]
	v.count, v.Duplicates, v.Dropped, v.full = 0, 0, 0, false
	v.arena = truncate(v.arena, keptArena)
	v.members = truncate(v.members, keptMembers)
	v.stale = truncate(v.stale, keptMembers)
	v.names.reset()
}

// truncate empties s, and lets go of its memory past a limit.
func truncate[T any](s []T, keep int) []T {
	if cap(s) > keep {
		return nil
	}
	return s[:0]
}

// prepare makes v ready for a document.
func (v *Values) prepare(x *Extractor) {
	v.Reset()
	v.limit = x.maxLeaves
	if len(v.slots) < x.slots {
		v.slots = slices.Grow(v.slots, x.slots-len(v.slots))[:x.slots]
	}
}

// add keeps a leaf for all slots of s.
func (v *Values) add(s *state, l Leaf) {
	for _, slot := range s.slots {
		if v.count >= v.limit && !v.makeRoom() {
			v.Dropped++
			continue
		}
		v.count++
		if len(v.slots[slot]) == 0 {
			v.used = append(v.used, slot)
		}
		v.slots[slot] = append(v.slots[slot], l)
	}
}

// text returns the text between the quotes of a string that has been checked,
// in the arena where it has escapes.
func (v *Values) text(inner []byte, escaped bool) []byte {
	if !escaped {
		return inner
	}
	start := len(v.arena)
	v.arena, _ = appendUnescaped(v.arena, inner)
	return v.arena[start:len(v.arena):len(v.arena)]
}

// replaced notes that a value does not count since its member came again.
func (v *Values) replaced(old span) {
	v.Duplicates++
	v.stale = append(v.stale, old)
}

// makeRoom removes leaves that were replaced, lest repeated members push out
// those that count. It does so only as long as each time frees half of the
// limit, which keeps the cost of a document linear.
func (v *Values) makeRoom() bool {
	if v.full {
		return false
	}
	v.settle()
	v.full = v.count > v.limit/2
	return v.count < v.limit
}

// settle removes the leaves of values that were replaced.
func (v *Values) settle() {
	if len(v.stale) == 0 {
		return
	}
	outer := outermost(v.stale)
	v.count = 0
	used := v.used[:0]
	for _, slot := range v.used {
		v.slots[slot] = slices.DeleteFunc(v.slots[slot], func(l Leaf) bool {
			i, same := slices.BinarySearchFunc(outer, l.Offset, func(s span, off int) int { return s.start - off })
			return same || i > 0 && l.Offset < outer[i-1].end
		})
		if n := len(v.slots[slot]); n > 0 {
			v.count += n
			used = append(used, slot)
		}
	}
	v.used = used
	v.stale = v.stale[:0]
}

// outermost sorts spans that nest or lie apart and keeps those in no other.
// It reuses the memory of spans.
func outermost(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	outer := spans[:0]
	for _, s := range spans {
		if len(outer) == 0 || s.start >= outer[len(outer)-1].end {
			outer = append(outer, s)
		}
	}
	return outer
}
