package rawjson

import "bytes"

// operation applies one operation of a JSON Patch: the object that starts at
// i, whose syntax is known to be good. The value of an add or replace is read
// once more, with what s wants at the operation's path. Values that several
// operations give the same place are all kept.
func (w *walker) operation(s *state, i int) int {
	op := w.patchMembers(i)
	if op.value == 0 || string(op.op) != "add" && string(op.op) != "replace" {
		return i
	}
	to, _, _ := w.follow(s, op.path)
	if to == nil {
		return i
	}
	return w.value(to, op.value)
}

// patchOperation has the parts of one operation, empty where it lacks them.
type patchOperation struct {
	op, path []byte
	value    int // offset
}

// patchMembers reads an operation, of members that come again the last.
func (w *walker) patchMembers(i int) patchOperation {
	var op patchOperation
	i = space(w.doc, i+1)
	for w.doc[i] != '}' {
		name, next := w.name(i)
		switch string(name) {
		case "op":
			op.op = w.textAt(next)
		case "path":
			op.path = w.textAt(next)
		case "value":
			op.value = next
		}
		i = space(w.doc, w.skip(next))
		if w.doc[i] == ',' {
			i = space(w.doc, i+1)
		}
	}
	return op
}

// textAt returns the text of the string at i, nil for another value.
func (w *walker) textAt(i int) []byte {
	if w.doc[i] != '"' {
		return nil
	}
	end, escaped, _ := checkString(w.doc, i)
	return w.v.text(w.doc[i+1:end-1], escaped)
}

// follow returns the state a JSON pointer (RFC 6901) leads to from s, the slot
// of the last path that ended on the way, or -1, and the pointer's last step.
func (w *walker) follow(s *state, pointer []byte) (to *state, slot int, last []byte) {
	if pointer == nil || len(pointer) > 0 && pointer[0] != '/' {
		return nil, -1, nil
	}
	slot = s.slot(-1)
	for len(pointer) > 0 && s != nil {
		step := pointer[1:]
		if end := bytes.IndexByte(step, '/'); end >= 0 {
			step = step[:end]
		}
		pointer = pointer[1+len(step):]
		last = w.unescapeStep(step)
		s = s.pointer(last)
		slot = s.slot(slot)
	}
	return s, slot, last
}

// unescapeStep reads ~1 as a slash and ~0 as a tilde.
func (w *walker) unescapeStep(step []byte) []byte {
	if bytes.IndexByte(step, '~') < 0 {
		return step
	}
	start := len(w.v.arena)
	for i := 0; i < len(step); i++ {
		c := step[i]
		if c == '~' && i+1 < len(step) && (step[i+1] == '0' || step[i+1] == '1') {
			i++
			c = "~/"[step[i]-'0']
		}
		w.v.arena = append(w.v.arena, c)
	}
	return w.v.arena[start:]
}
