package event

import "math/bits"

// Next returns the number of the first present field after id, in order of
// numbers; 0 starts at the first. ok is false when there is none. Like Has it
// knows stored fields only.
func (e *Event) Next(id FieldID) (next FieldID, ok bool) {
	at := int(id) + 1
	for w := at >> 6; w < setWords; w++ {
		word := e.set[w]
		if w == at>>6 {
			word &= ^uint64(0) << (at & 63)
		}
		if word != 0 {
			return FieldID(w<<6 + bits.TrailingZeros64(word)), true
		}
	}
	return 0, false
}

// SetText gives a field stored as text (String, IP, JSON) a value, by number.
// v is kept, not copied. It is false, and does nothing, for any other number.
func (e *Event) SetText(id FieldID, v string) bool {
	if kindOf(id) != slotString {
		return false
	}
	e.strs[slots[id].at] = v
	e.mark(id)
	return true
}

// SetNumber gives a field stored as a number (Int, Bool as 0 or 1, Time in
// nanoseconds) a value, by number. It is false, and does nothing, for any
// other number.
func (e *Event) SetNumber(id FieldID, n int64) bool {
	if kindOf(id) != slotInt {
		return false
	}
	e.ints[slots[id].at] = n
	e.mark(id)
	return true
}

// SetList gives a Strings field a value, by number. v is kept, not copied. It
// is false, and does nothing, for any other number.
func (e *Event) SetList(id FieldID, v []string) bool {
	if kindOf(id) != slotList {
		return false
	}
	e.strss[slots[id].at] = v
	e.mark(id)
	return true
}

// AppendWord adds a word to a Strings field, by number, under the rules of
// [StringsField.Append]. It is false, and does nothing, for any other number.
func (e *Event) AppendWord(id FieldID, word string) bool {
	if kindOf(id) != slotList {
		return false
	}
	StringsField(id).Append(e, word)
	return true
}

func kindOf(id FieldID) slotKind {
	if int(id) >= len(slots) {
		return slotNone
	}
	return slots[id].kind
}
