package rawjson

// object reads the object that opens at i.
func (w *walker) object(s *state, i int) int {
	if w.depth++; w.depth > w.maxDepth {
		return w.fail(i, msgDepth)
	}
	frame := objectFrame{start: i, members: len(w.v.members)}
	i = space(w.doc, i+1)
	if i < len(w.doc) && w.doc[i] == '}' {
		w.depth--
		return i + 1
	}
	for {
		name, next := w.name(i)
		if next < 0 {
			return next
		}
		to, place := s.find(name)
		if to == nil {
			i = w.skip(next)
		} else if i = w.value(to, next); i >= 0 {
			w.seen(&frame, place, name, span{next, i})
		}
		if i < 0 {
			return i
		}
		if i = space(w.doc, i); i >= len(w.doc) {
			return w.fail(i, msgEnd)
		}
		if c := w.doc[i]; c == '}' {
			break
		} else if c != ',' {
			return w.fail(i, msgMember)
		}
		i = space(w.doc, i+1)
	}
	w.v.members = w.v.members[:frame.members]
	w.depth--
	return i + 1
}

// name reads a member's name and colon and returns the offset of its value.
func (w *walker) name(i int) (name []byte, next int) {
	if i >= len(w.doc) {
		return nil, w.fail(i, msgEnd)
	}
	if w.doc[i] != '"' {
		return nil, w.fail(i, msgName)
	}
	end, escaped, msg := checkString(w.doc, i)
	if msg != "" {
		return nil, w.fail(end, msg)
	}
	name = w.v.text(w.doc[i+1:end-1], escaped)
	if end = space(w.doc, end); end >= len(w.doc) {
		return nil, w.fail(end, msgEnd)
	}
	if w.doc[end] != ':' {
		return nil, w.fail(end, msgColon)
	}
	return name, space(w.doc, end+1)
}

// objectFrame is what is known of an object that is being walked.
type objectFrame struct {
	start   int
	members int    // where its wanted members begin in Values.members
	places  uint64 // which of them there may be, by place modulo 64
}

// seen notes that a wanted member has been read. An earlier one of the same
// name no longer counts.
func (w *walker) seen(f *objectFrame, place int, name []byte, value span) {
	v := w.v
	if place == byRest {
		if old, again := v.names.put(f.start, name, value); again {
			v.replaced(old)
		}
		return
	}
	bit := uint64(1) << (place & 63)
	if f.places&bit != 0 {
		for i := f.members; i < len(v.members); i++ {
			if m := &v.members[i]; m.place == place {
				v.replaced(m.value)
				m.value = value
				return
			}
		}
	}
	f.places |= bit
	v.members = append(v.members, seenMember{place, value})
}
