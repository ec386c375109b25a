package rawjson

import "bytes"

// operation applies one operation of a JSON Patch: the object that starts at
// i, which has been read already. The value of an add or replace is read once
// more, with what s wants at the operation's path. Values that several
// operations give the same place are all kept.
func (w *walker) operation(s *state, i int) int {
	var op, path, value int
	i = space(w.doc, i+1)
	for w.doc[i] == '"' {
		name, next := w.name(i)
		if next < 0 {
			return next
		}
		switch string(name) {
		case "op":
			op = next
		case "path":
			path = next
		case "value":
			value = next
		}
		if i = w.skip(next); i < 0 {
			return i
		}
		if i = space(w.doc, i); w.doc[i] == ',' {
			i = space(w.doc, i+1)
		}
	}
	if op == 0 || path == 0 || value == 0 {
		return i
	}
	text, ok := w.textAt(op)
	if !ok || string(text) != "add" && string(text) != "replace" {
		return i
	}
	if text, ok = w.textAt(path); !ok {
		return i
	}
	if s = w.follow(s, text); s == nil {
		return i
	}
	return w.value(s, value)
}

// textAt returns the text of the string at i, or false for anything else.
func (w *walker) textAt(i int) ([]byte, bool) {
	if w.doc[i] != '"' {
		return nil, false
	}
	end, escaped := stringEnd(w.doc, i+1)
	if end < 0 {
		return nil, false
	}
	text, bad := w.v.text(w.doc[i+1:end-1], escaped)
	return text, bad < 0
}

// follow returns the state a JSON pointer (RFC 6901) leads to from s.
func (w *walker) follow(s *state, pointer []byte) *state {
	if len(pointer) > 0 && pointer[0] != '/' {
		return nil
	}
	for len(pointer) > 0 && s != nil {
		step := pointer[1:]
		if end := bytes.IndexByte(step, '/'); end >= 0 {
			step = step[:end]
		}
		pointer = pointer[1+len(step):]
		s = s.pointer(w.unescapeStep(step))
	}
	return s
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
