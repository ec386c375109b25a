package event

// Event is one row of one table. The zero value is an empty event.
//
// Values live in slots, one per stored field and type, with a bit per field
// that says whether it is present: absent, empty and zero are three things.
// An Event is large (about 3 KB) and meant to be reused: Reset costs a few
// words. It does not own its text: strings and Raw may alias a buffer of
// whoever made the event and are valid until that buffer is released; Clone
// gives a copy that stands alone.
//
// An Event may be read by several goroutines at once, written by one.
type Event struct {
	// Class is the table the event belongs to.
	Class Class
	// Raw is the source's own document, redacted; nil for the sensor's own
	// events. Paths of rules start at its root.
	Raw []byte

	set     [setWords]uint64
	strs    [numStrings]string
	ints    [numInts]int64
	strss   [numLists][]string
	scratch []string // backs Strings values set by AppendStrings
}

// Reset makes e an empty event of class c, keeping its memory.
func (e *Event) Reset(c Class) {
	e.Class, e.Raw = c, nil
	e.set = [setWords]uint64{}
	e.scratch = e.scratch[:0]
}

// Has reports whether field id has a value, be it empty or zero. It is false
// for Derived fields, whose values are not stored.
func (e *Event) Has(id FieldID) bool {
	return int(id) < setWords*64 && e.set[id>>6]&(1<<(id&63)) != 0
}

// Clear makes field id absent.
func (e *Event) Clear(id FieldID) {
	if int(id) < setWords*64 {
		e.set[id>>6] &^= 1 << (id & 63)
	}
}

func (e *Event) mark(id FieldID) { e.set[id>>6] |= 1 << (id & 63) }

// Text returns the value of a field stored as text (String, IP, JSON), by
// number; ok is false when it is absent or of another type.
func (e *Event) Text(id FieldID) (v string, ok bool) {
	if !e.Has(id) || slots[id].kind != slotString {
		return "", false
	}
	return e.strs[slots[id].at], true
}

// Number returns the value of a field stored as a number (Int, Bool as 0 or
// 1, Time in nanoseconds), by number.
func (e *Event) Number(id FieldID) (v int64, ok bool) {
	if !e.Has(id) || slots[id].kind != slotInt {
		return 0, false
	}
	return e.ints[slots[id].at], true
}

// List returns the value of a Strings field, by number. The caller must not
// change it.
func (e *Event) List(id FieldID) (v []string, ok bool) {
	if !e.Has(id) || slots[id].kind != slotList {
		return nil, false
	}
	return e.strss[slots[id].at], true
}

// StringField is the handle of a field stored as text.
type StringField FieldID

// ID returns the field's number.
func (f StringField) ID() FieldID { return FieldID(f) }

// Get returns the value, "" when absent.
func (f StringField) Get(e *Event) string {
	if !e.Has(FieldID(f)) {
		return ""
	}
	return e.strs[slots[f].at]
}

// Has reports whether e has the field.
func (f StringField) Has(e *Event) bool { return e.Has(FieldID(f)) }

// Set gives the field a value. v is kept, not copied.
func (f StringField) Set(e *Event, v string) {
	e.strs[slots[f].at] = v
	e.mark(FieldID(f))
}

// IntField is the handle of an Int field.
type IntField FieldID

// ID returns the field's number.
func (f IntField) ID() FieldID { return FieldID(f) }

// Get returns the value; ok is false when it is absent.
func (f IntField) Get(e *Event) (v int64, ok bool) {
	if !e.Has(FieldID(f)) {
		return 0, false
	}
	return e.ints[slots[f].at], true
}

// Has reports whether e has the field.
func (f IntField) Has(e *Event) bool { return e.Has(FieldID(f)) }

// Set gives the field a value.
func (f IntField) Set(e *Event, v int64) {
	e.ints[slots[f].at] = v
	e.mark(FieldID(f))
}

// TimeField is the handle of a Time field: nanoseconds since 1970 UTC.
type TimeField FieldID

// ID returns the field's number.
func (f TimeField) ID() FieldID { return FieldID(f) }

// Get returns nanoseconds since 1970 UTC; 0 when absent (see Has).
func (f TimeField) Get(e *Event) int64 {
	if !e.Has(FieldID(f)) {
		return 0
	}
	return e.ints[slots[f].at]
}

// Has reports whether e has the field.
func (f TimeField) Has(e *Event) bool { return e.Has(FieldID(f)) }

// Set gives the field a value in nanoseconds since 1970 UTC.
func (f TimeField) Set(e *Event, ns int64) {
	e.ints[slots[f].at] = ns
	e.mark(FieldID(f))
}

// BoolField is the handle of a Bool field.
type BoolField FieldID

// ID returns the field's number.
func (f BoolField) ID() FieldID { return FieldID(f) }

// Get returns the value, false when absent (see Has).
func (f BoolField) Get(e *Event) bool {
	return e.Has(FieldID(f)) && e.ints[slots[f].at] != 0
}

// Has reports whether e has the field.
func (f BoolField) Has(e *Event) bool { return e.Has(FieldID(f)) }

// Set gives the field a value.
func (f BoolField) Set(e *Event, v bool) {
	n := int64(0)
	if v {
		n = 1
	}
	e.ints[slots[f].at] = n
	e.mark(FieldID(f))
}

// StringsField is the handle of a Strings field.
type StringsField FieldID

// ID returns the field's number.
func (f StringsField) ID() FieldID { return FieldID(f) }

// Get returns the list, nil when absent. The caller must not change it.
func (f StringsField) Get(e *Event) []string {
	if !e.Has(FieldID(f)) {
		return nil
	}
	return e.strss[slots[f].at]
}

// Has reports whether e has the field.
func (f StringsField) Has(e *Event) bool { return e.Has(FieldID(f)) }

// Set gives the field a value. v is kept, not copied.
func (f StringsField) Set(e *Event, v []string) {
	e.strss[slots[f].at] = v
	e.mark(FieldID(f))
}

// Append adds one word to the list, in memory that e owns and reuses. Words
// of one field must be added one after another: no other field's Append may
// come between.
func (f StringsField) Append(e *Event, word string) {
	at := slots[f].at
	if !e.Has(FieldID(f)) {
		e.strss[at] = e.scratch[len(e.scratch):]
		e.mark(FieldID(f))
	}
	e.scratch = append(e.scratch, word)
	n := len(e.strss[at]) + 1
	e.strss[at] = e.scratch[len(e.scratch)-n:]
}
