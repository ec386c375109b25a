package rawjson

// Extract finds the values at all paths of x in one document and puts them in
// place of what dst held. doc is only read; dst refers to it afterwards. The
// error is a *SyntaxError, and dst is empty then.
func (x *Extractor) Extract(doc []byte, dst *Values) error {
	dst.prepare(x)
	w := walker{doc: doc, v: dst, maxDepth: x.maxDepth}
	end := w.document(x.root)
	if end < 0 {
		dst.Reset()
		return errorIn(doc, w.errAt, w.errMsg)
	}
	dst.settle()
	return nil
}

// A walker goes through one document. Its methods take the offset of what
// they read and return the offset after it, or -1 once errAt and errMsg are
// set.
type walker struct {
	doc      []byte
	v        *Values
	depth    int
	maxDepth int
	errAt    int
	errMsg   string
}

func (w *walker) fail(at int, msg string) int {
	w.errAt, w.errMsg = at, msg
	return -1
}

func (w *walker) document(s *state) int {
	i := w.value(s, space(w.doc, 0))
	if i < 0 {
		return i
	}
	if i = space(w.doc, i); i != len(w.doc) {
		return w.fail(i, msgTrailing)
	}
	return i
}

// skip reads a value of which nothing is wanted.
func (w *walker) skip(i int) int {
	end, msg := check(w.doc, i, w.maxDepth-w.depth)
	if msg != "" {
		return w.fail(end, msg)
	}
	return end
}

// value reads the value at i, of which s wants something unless it is nil.
func (w *walker) value(s *state, i int) int {
	if s == nil {
		return w.skip(i)
	}
	if i >= len(w.doc) {
		return w.fail(i, msgEnd)
	}
	switch w.doc[i] {
	case '"':
		return w.string(s, i)
	case '{':
		end := 0
		if s.wantsMembers() {
			end = w.object(s, i)
		} else {
			end = w.skip(i)
		}
		return w.container(s, Object, i, end)
	case '[':
		end := 0
		if s.wantsElements() {
			end = w.array(s, i)
		} else {
			end = w.skip(i)
		}
		return w.container(s, Array, i, end)
	}
	return w.scalar(s, i)
}

// container keeps the leaf of an object or array that has been read.
func (w *walker) container(s *state, kind Kind, i, end int) int {
	if end >= 0 && len(s.slots) > 0 {
		raw := w.doc[i:end]
		w.v.add(s, Leaf{Kind: kind, Offset: i, Raw: raw, Text: raw})
	}
	return end
}

func (w *walker) string(s *state, i int) int {
	end, escaped, msg := checkString(w.doc, i)
	if msg != "" {
		return w.fail(end, msg)
	}
	if len(s.slots) > 0 {
		text := w.v.text(w.doc[i+1:end-1], escaped)
		w.v.add(s, Leaf{Kind: String, Offset: i, Raw: w.doc[i:end], Text: text})
	}
	return end
}

func (w *walker) scalar(s *state, i int) int {
	end, kind, msg := checkScalar(w.doc, i)
	if msg != "" {
		return w.fail(end, msg)
	}
	if len(s.slots) > 0 {
		raw := w.doc[i:end]
		w.v.add(s, Leaf{Kind: kind, Offset: i, Raw: raw, Text: raw})
	}
	return end
}
