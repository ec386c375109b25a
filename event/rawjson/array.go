package rawjson

// array reads the array that opens at i.
func (w *walker) array(s *state, i int) int {
	if w.depth++; w.depth > w.maxDepth {
		return w.fail(i, msgDepth)
	}
	n := 0
	if s.countsBack() {
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
		start := i
		if i = w.value(s.at(element, n), i); i < 0 {
			return i
		}
		if s.patch != nil && w.doc[start] == '{' {
			if w.operation(s.patch, start) < 0 {
				return -1
			}
		}
		if i = space(w.doc, i); i >= len(w.doc) {
			return w.fail(i, msgEnd)
		}
		if c := w.doc[i]; c == ']' {
			break
		} else if c != ',' {
			return w.fail(i, msgElement)
		}
		i = space(w.doc, i+1)
	}
	w.depth--
	return i + 1
}

// count returns how many elements the array has that opens at i.
func (w *walker) count(i int) int {
	i = space(w.doc, i+1)
	if i < len(w.doc) && w.doc[i] == ']' {
		return 0
	}
	for n := 1; ; n++ {
		if i = w.skip(i); i < 0 {
			return i
		}
		if i = space(w.doc, i); i >= len(w.doc) {
			return w.fail(i, msgEnd)
		}
		if c := w.doc[i]; c == ']' {
			return n
		} else if c != ',' {
			return w.fail(i, msgElement)
		}
		i = space(w.doc, i+1)
	}
}
