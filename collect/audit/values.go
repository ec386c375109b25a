package audit

import (
	"strconv"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// leaf returns the value at p. It is absent where the document has none, a
// null, or one of another kind, which is counted.
func (f *filler) leaf(p place, want rawjson.Kind) (rawjson.Leaf, bool) {
	leaves := f.d.values.Leaves(int(p))
	if len(leaves) == 0 {
		return rawjson.Leaf{}, false
	}
	l := leaves[len(leaves)-1]
	if l.Kind == want {
		return l, true
	}
	if l.Kind != rawjson.Null {
		f.d.counts.WrongTypes++
	}
	return rawjson.Leaf{}, false
}

// stay returns the text of a string for as long as the event lives. Unescaped
// text is the extractor's and must be copied.
func (f *filler) stay(l rawjson.Leaf) string {
	if len(l.Text)+2 == len(l.Raw) {
		return alias(l.Text)
	}
	return alias(f.a.copy(l.Text))
}

// keep returns text of low cardinality: the kept word, or as stay does.
func (f *filler) keep(l rawjson.Leaf) string {
	if w, ok := f.d.words.find(l.Text); ok {
		return w
	}
	return f.stay(l)
}

// text sets a field to the string at p.
func (f *filler) text(to event.StringField, p place) {
	if l, ok := f.leaf(p, rawjson.String); ok {
		to.Set(f.e, f.stay(l))
	}
}

// word sets a field of few different values to the string at p.
func (f *filler) word(to event.StringField, p place) {
	if l, ok := f.leaf(p, rawjson.String); ok {
		to.Set(f.e, f.keep(l))
	}
}

// someText is text where an empty string says nothing.
func (f *filler) someText(to event.StringField, p place) {
	if l, ok := f.leaf(p, rawjson.String); ok && len(l.Text) > 0 {
		to.Set(f.e, f.stay(l))
	}
}

// someWord is word where an empty string says nothing.
func (f *filler) someWord(to event.StringField, p place) {
	if l, ok := f.leaf(p, rawjson.String); ok && len(l.Text) > 0 {
		to.Set(f.e, f.keep(l))
	}
}

// list sets a field to the strings at p. A string alone is a list of one.
func (f *filler) list(to event.StringsField, p place) {
	leaves := f.d.values.Leaves(int(p))
	if len(leaves) == 0 {
		return
	}
	switch leaves[len(leaves)-1].Kind {
	case rawjson.Array, rawjson.String:
		to.Set(f.e, nil)
	case rawjson.Null:
		return
	default:
		f.d.counts.WrongTypes++
		return
	}
	for i := range leaves {
		switch leaves[i].Kind {
		case rawjson.String:
			to.Append(f.e, f.keep(leaves[i]))
		case rawjson.Array:
		default:
			f.d.counts.WrongTypes++
		}
	}
}

// first sets a field to the first string of the list at p.
func (f *filler) first(to event.StringField, p place) {
	leaves := f.d.values.Leaves(int(p))
	if len(leaves) == 0 {
		return
	}
	if leaves[0].Kind == rawjson.String {
		to.Set(f.e, f.stay(leaves[0]))
		return
	}
	if k := leaves[0].Kind; k != rawjson.Null && k != rawjson.Array {
		f.d.counts.WrongTypes++
	}
}

// object sets a field to the JSON text of the object or list at p.
func (f *filler) object(to event.StringField, p place) {
	leaves := f.d.values.Leaves(int(p))
	if len(leaves) == 0 {
		return
	}
	switch l := leaves[len(leaves)-1]; l.Kind {
	case rawjson.Object, rawjson.Array:
		to.Set(f.e, alias(l.Raw))
	case rawjson.Null:
	default:
		f.d.counts.WrongTypes++
	}
}

// number sets a field to the whole number at p.
func (f *filler) number(to event.IntField, p place) (n int64, ok bool) {
	l, ok := f.leaf(p, rawjson.Number)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(alias(l.Raw), 10, 64)
	if err != nil {
		f.d.counts.WrongTypes++
		return 0, false
	}
	to.Set(f.e, n)
	return n, true
}

// time sets a field to the time at p.
func (f *filler) time(to event.TimeField, p place) bool {
	l, ok := f.leaf(p, rawjson.String)
	if !ok || len(l.Text) == 0 {
		return false
	}
	ns, ok := parseTime(l.Text)
	if !ok {
		f.d.counts.WrongTypes++
		return false
	}
	to.Set(f.e, ns)
	return true
}
