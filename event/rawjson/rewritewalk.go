package rawjson

// patchTarget is what is wanted of the value of a JSON Patch operation.
type patchTarget struct {
	state *state
	slot  int
	key   []byte
}

// object deals with the object at i. Where it is an operation, target is for
// its member "value".
func (w *rewriting) object(s *state, slot, i int, target *patchTarget) int {
	if w.depth++; w.depth > w.maxDepth {
		return w.fail(i, msgDepth)
	}
	i = space(w.doc, i+1)
	if i < len(w.doc) && w.doc[i] == '}' {
		w.depth--
		return i + 1
	}
	for {
		key, next := w.name(i)
		if next < 0 {
			return next
		}
		if target != nil && string(key) == "value" {
			i = w.value(target.state, target.slot, target.key, next)
		} else {
			i = w.value(s.member(key), slot, key, next)
		}
		if i < 0 {
			return i
		}
		if i = space(w.doc, i); i >= len(w.doc) {
			return w.fail(i, msgEnd)
		}
		if c := w.doc[i]; c == '}' {
			w.depth--
			return i + 1
		} else if c != ',' {
			return w.fail(i, msgMember)
		}
		i = space(w.doc, i+1)
	}
}

// array deals with the array at i, whose elements go by the key of the array.
func (w *rewriting) array(s *state, slot int, key []byte, i int) int {
	if w.depth++; w.depth > w.maxDepth {
		return w.fail(i, msgDepth)
	}
	n := 0
	if s != nil && s.countsBack() {
		if n = w.count(i); n < 0 {
			return n
		}
	}
	i = space(w.doc, i+1)
	if i < len(w.doc) && w.doc[i] == ']' {
		w.depth--
		return i + 1
	}
	for element := 0; ; element++ {
		var to *state
		if s != nil {
			to = s.at(element, n)
		}
		if s != nil && s.patch != nil && i < len(w.doc) && w.doc[i] == '{' {
			i = w.operation(s, to, slot, i)
		} else {
			i = w.value(to, slot, key, i)
		}
		if i < 0 {
			return i
		}
		if i = space(w.doc, i); i >= len(w.doc) {
			return w.fail(i, msgEnd)
		}
		if c := w.doc[i]; c == ']' {
			w.depth--
			return i + 1
		} else if c != ',' {
			return w.fail(i, msgElement)
		}
		i = space(w.doc, i+1)
	}
}

// operation deals with the JSON Patch operation at i, of the array that s is
// for; to is for the operation as an element of that.
func (w *rewriting) operation(s, to *state, slot, i int) int {
	if w.skip(i) < 0 {
		return -1
	}
	target := patchTarget{}
	target.state, target.slot, target.key = w.follow(s.patch, w.patchMembers(i).path)
	slot = to.slot(slot)
	if target.state == nil && target.slot < 0 {
		return w.object(to, slot, i, nil)
	}
	if target.slot < 0 {
		target.slot = slot
	}
	return w.object(to, slot, i, &target)
}

// member returns the state for a member, nil where nothing of it is wanted.
func (s *state) member(name []byte) *state {
	if s == nil {
		return nil
	}
	to, _ := s.find(name)
	return to
}
