package ocsf

import "github.com/lynceus-io/lynceus/event"

// object says how one object of a document is written.
type object struct {
	members  []member
	fillers  []filler
	required bool // written even if the event has none of its members
}

// member is a member that the event may have: a value, or an object of
// further members.
type member struct {
	name string // of the attribute; "" where nothing looks for it
	key  string // what stands before the value: "name":
	end  string // what stands after it, "]" for a list with one element
	bit  uint64 // of the member in what an object has; 0 when no filler asks

	inner *object // of an object, else nil

	id     event.FieldID // of a value
	write  writer
	fits   limit // nil: every value does
	misfit bool  // written when the value does not fit, not when it does
}

// filler is a member that OCSF wants of an object and that no field of the
// registry stands for.
type filler struct {
	key      string
	unless   uint64        // bits of members that do as well
	id       event.FieldID // the field it is made from, 0 for none
	write    writer
	constant string // JSON for an event without that field; "" for nothing
}

// append appends the object's members and the end of the object; dst ends
// with its beginning. Without a member the object is left out, if it may be:
// ok is false, and what was appended is to be dropped.
func (o *object) append(dst []byte, e *event.Event) (out []byte, ok bool) {
	var has uint64
	ok = o.required
	for i := range o.members {
		m := &o.members[i]
		start := len(dst)
		var wrote bool
		if dst, wrote = m.append(dst, e); !wrote {
			dst = dst[:start]
			continue
		}
		dst = append(dst, ',')
		has |= m.bit
		ok = true
	}
	if !ok {
		return dst, false
	}
	for i := range o.fillers {
		if f := &o.fillers[i]; f.unless&has == 0 {
			dst = f.append(dst, e)
		}
	}
	if last := len(dst) - 1; dst[last] == ',' {
		dst = dst[:last]
	}
	return append(dst, '}'), true
}

func (m *member) append(dst []byte, e *event.Event) (out []byte, ok bool) {
	if m.inner != nil {
		dst, ok = m.inner.append(append(append(dst, m.key...), '{'), e)
		return append(dst, m.end...), ok
	}
	if !e.Has(m.id) || m.fits != nil && m.fits(e, m.id) == m.misfit {
		return dst, false
	}
	return append(m.write(append(dst, m.key...), e, m.id), m.end...), true
}

// append appends the member and a comma.
func (f *filler) append(dst []byte, e *event.Event) []byte {
	switch {
	case f.write != nil && e.Has(f.id):
		dst = f.write(append(dst, f.key...), e, f.id)
	case f.constant != "":
		dst = append(append(dst, f.key...), f.constant...)
	default:
		return dst
	}
	return append(dst, ',')
}
