package rawjson

// A RewriteFunc is asked about a string, number, boolean or null. slot is that
// of the path that ends at the value or around it, the innermost and then the
// first where there are several; key is the name, unescaped, of the member
// that the value is or is an element of, nil outside members. A value that
// shall be replaced is answered with dst, to which the JSON of the new one has
// been appended, and true; any other with dst and false. The function must not
// keep key, the leaf's slices or dst.
type RewriteFunc func(slot int, key []byte, leaf Leaf, dst []byte) (newDst []byte, replaced bool)

// A Rewriter replaces values in documents. It is for one goroutine at a time;
// any number of them may share an Extractor.
type Rewriter struct {
	x       *Extractor
	fn      RewriteFunc
	values  Values // only its arena is used
	scratch []byte
}

// NewRewriter returns a Rewriter that asks fn about all values at and below
// the paths of x. In the operations of a JSON Patch at one of x's patch roots,
// whatever they do, those are the values at and below the places that the
// paths would lead to in the patched document; what the paths lead to by way
// of the name "value" is asked about only in operations elsewhere.
func NewRewriter(x *Extractor, fn RewriteFunc) *Rewriter {
	return &Rewriter{x: x, fn: fn}
}

// Rewrite returns doc with what is to be replaced replaced, in the memory of
// dst, or doc itself where nothing is. Of members that are named again, all
// are dealt with. The error is a *SyntaxError.
func (r *Rewriter) Rewrite(dst, doc []byte) ([]byte, error) {
	r.values.Reset()
	w := rewriting{
		walker: walker{doc: doc, v: &r.values, maxDepth: r.x.maxDepth},
		r:      r,
		out:    dst[:0],
	}
	end := w.value(r.x.root, -1, nil, space(doc, 0))
	if end >= 0 {
		if end = space(doc, end); end < len(doc) {
			end = w.fail(end, msgTrailing)
		}
	}
	if end < 0 {
		return nil, errorIn(doc, w.errAt, w.errMsg)
	}
	if !w.replaced {
		return doc, nil
	}
	return append(w.out, doc[w.copied:]...), nil
}

// rewriting is the rewriting of one document.
type rewriting struct {
	walker
	r        *Rewriter
	out      []byte
	copied   int // how much of doc is in out, as it was or replaced
	replaced bool
}

// value deals with the value at i. s is nil where no path leads further; slot
// is that of the path that ended around the value, or -1.
func (w *rewriting) value(s *state, slot int, key []byte, i int) int {
	slot = s.slot(slot)
	if i >= len(w.doc) || s == nil && slot < 0 {
		return w.skip(i)
	}
	switch w.doc[i] {
	case '{':
		if slot >= 0 || s.wantsMembers() {
			return w.object(s, slot, i, nil)
		}
		return w.skip(i)
	case '[':
		if slot >= 0 || s.wantsElements() {
			return w.array(s, slot, key, i)
		}
		return w.skip(i)
	}
	if slot < 0 {
		return w.skip(i)
	}
	return w.ask(slot, key, i)
}

// ask has the function decide about the value at i, which is no container.
func (w *rewriting) ask(slot int, key []byte, i int) int {
	leaf := Leaf{Offset: i}
	var end int
	var msg string
	if w.doc[i] == '"' {
		var escaped bool
		if end, escaped, msg = checkString(w.doc, i); msg == "" {
			leaf.Kind, leaf.Text = String, w.v.text(w.doc[i+1:end-1], escaped)
		}
	} else if end, leaf.Kind, msg = checkScalar(w.doc, i); msg == "" {
		leaf.Text = w.doc[i:end]
	}
	if msg != "" {
		return w.fail(end, msg)
	}
	leaf.Raw = w.doc[i:end]
	value, replaced := w.r.fn(slot, key, leaf, w.r.scratch[:0])
	if replaced {
		w.out = append(w.out, w.doc[w.copied:i]...)
		w.out = append(w.out, value...)
		w.copied, w.replaced = end, true
	}
	w.r.scratch = value[:0]
	return end
}
