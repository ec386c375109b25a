package jsonl

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// ErrNotEvent is returned for a JSON document that is no event: its member "class" names no table.
var ErrNotEvent = errors.New("not an event: no member class that names a table")

// ErrValue is wrapped by the error for a member whose value is none of its field's type.
var ErrValue = errors.New("a value of another type than its field has")

// Decoder reads events back from what an Encoder wrote. Members that are no field of the event's table are passed over,
// since a later version may know more of them; null is absent; of members of the same name the last counts. It is for
// one goroutine.
type Decoder struct {
	extractor *rawjson.Extractor
	fields    []*event.Field // by slot less 1; slot 0 is the class
	values    rawjson.Values
	text      []byte
	parts     []part
}

// part is a text that the event is to have, once all are one string.
type part struct {
	id       event.FieldID
	from, to int
	word     bool // of a list
}

// NewDecoder returns a decoder.
func NewDecoder() (*Decoder, error) {
	d := &Decoder{}
	paths := []rawjson.Path{{rawjson.Key("class")}}
	seen := map[event.FieldID]bool{}
	for _, c := range event.Classes() {
		for _, f := range event.Columns(c) {
			if !seen[f.ID] {
				seen[f.ID] = true
				d.fields = append(d.fields, f)
				paths = append(paths, rawjson.Path{rawjson.Key(f.Name)})
			}
		}
	}
	var err error
	if d.extractor, err = rawjson.Compile(paths, rawjson.Options{}); err != nil {
		return nil, fmt.Errorf("compile the names of fields: %w", err)
	}
	return d, nil
}

// Decode reads one object into e, which shares no memory with doc. The error is ErrNotEvent, wraps ErrValue, or is a
// *rawjson.SyntaxError; e is an empty event then.
func (d *Decoder) Decode(doc []byte, e *event.Event) error {
	e.Reset(event.ClassNone)
	if err := d.extractor.Extract(doc, &d.values); err != nil {
		return err
	}
	class, ok := d.class()
	if !ok {
		return ErrNotEvent
	}
	e.Reset(class)
	d.text, d.parts = d.text[:0], d.parts[:0]
	for i, f := range d.fields {
		leaves := d.values.Leaves(i + 1)
		if len(leaves) == 0 || leaves[len(leaves)-1].Kind == rawjson.Null || !f.In(class) {
			continue
		}
		if !d.take(f, leaves, e) {
			e.Reset(event.ClassNone)
			return fmt.Errorf("%w: %s is to be of type %s", ErrValue, f.Name, f.Type)
		}
	}
	all := string(d.text)
	for _, p := range d.parts {
		if p.word {
			e.AppendWord(p.id, all[p.from:p.to])
		} else {
			e.SetText(p.id, all[p.from:p.to])
		}
	}
	return nil
}

// class returns the table that the document names.
func (d *Decoder) class() (event.Class, bool) {
	leaves := d.values.Leaves(0)
	if len(leaves) == 0 {
		return event.ClassNone, false
	}
	name := leaves[len(leaves)-1]
	if name.Kind != rawjson.String || len(name.Text) == 0 {
		return event.ClassNone, false
	}
	return event.ClassByName(string(name.Text))
}

// take reads the value of one field. A container's leaf comes last, after those in it.
func (d *Decoder) take(f *event.Field, leaves []rawjson.Leaf, e *event.Event) bool {
	value := leaves[len(leaves)-1]
	switch f.Type {
	case event.TypeStrings:
		return d.list(f.ID, value, leaves[:len(leaves)-1], e)
	case event.TypeInt:
		n, err := strconv.ParseInt(string(value.Raw), 10, 64)
		return err == nil && value.Kind == rawjson.Number && e.SetNumber(f.ID, n)
	case event.TypeBool:
		n := int64(0)
		if string(value.Raw) == "true" {
			n = 1
		}
		return value.Kind == rawjson.Bool && e.SetNumber(f.ID, n)
	case event.TypeTime:
		t, err := time.Parse(time.RFC3339Nano, string(value.Text))
		return err == nil && value.Kind == rawjson.String && inRange(t) && e.SetNumber(f.ID, t.UnixNano())
	case event.TypeIP:
		a, err := netip.ParseAddr(string(value.Text))
		if err != nil || value.Kind != rawjson.String {
			return false
		}
		d.add(f.ID, a.Unmap().AppendTo(nil), false)
		return true
	}
	if value.Kind != rawjson.String {
		return false
	}
	d.add(f.ID, value.Text, false)
	return true
}

// inRange reports whether nanoseconds since 1970 tell the time.
func inRange(t time.Time) bool { return time.Unix(0, t.UnixNano()).Equal(t) }

// list reads the words of a list.
func (d *Decoder) list(id event.FieldID, array rawjson.Leaf, words []rawjson.Leaf, e *event.Event) bool {
	if array.Kind != rawjson.Array {
		return false
	}
	if len(words) == 0 {
		e.SetList(id, nil)
	}
	for _, w := range words {
		if w.Kind != rawjson.String {
			return false
		}
		d.add(id, w.Text, true)
	}
	return true
}

func (d *Decoder) add(id event.FieldID, text []byte, word bool) {
	from := len(d.text)
	d.text = append(d.text, text...)
	d.parts = append(d.parts, part{id, from, len(d.text), word})
}
