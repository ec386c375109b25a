package wire

import (
	"github.com/lynceus-io/lynceus/event"
)

// DecodeEvent makes e the event of message data. The text of e stands in one
// copy of data, Raw in data itself, which must not change while e is in use.
// An error leaves e without meaning.
func DecodeEvent(data []byte, e *event.Event) error {
	return decodeEvent(reader[string]{data: string(data)}, data, e)
}

// decodeEvent makes e the event that is the rest of r. raw is what r.data
// says, as bytes.
func decodeEvent(r reader[string], raw []byte, e *event.Event) error {
	e.Reset(event.ClassNone)
	var last event.FieldID
	document := false // whether the document was sent on its own
	for r.at < len(r.data) {
		start := r.at
		number, wireType, err := r.tag()
		if err != nil {
			return err
		}
		if number >= uint64(len(kinds)) {
			ok, err := decodeOther(&r, number, wireType, raw, e)
			if err != nil {
				return err
			}
			document = document || ok
			continue
		}
		id := event.FieldID(number)
		switch k := kinds[id]; {
		case k == kindText && wireType == typeLen:
			v, err := r.text()
			if err != nil {
				return err
			}
			e.SetText(id, v)
			if id == event.RawData.ID() && !document && v != "" {
				e.Raw = raw[r.at-len(v) : r.at : r.at]
			}
		case k == kindVarint && wireType == typeVarint:
			v, err := r.varint()
			if err != nil {
				return err
			}
			e.SetNumber(id, int64(v))
		case k == kindFixed && wireType == typeI64:
			v, err := r.fixed(8)
			if err != nil {
				return err
			}
			e.SetNumber(id, int64(v))
		case k == kindList && wireType == typeLen:
			v, err := r.text()
			if err != nil {
				return err
			}
			if last != id && e.Has(id) {
				return r.fail(start, "the words of field %d are not together", id)
			}
			e.AppendWord(id, v)
		case k == kindNone:
			if err := r.skip(wireType); err != nil {
				return err
			}
		default:
			return r.fail(start, "field %d has wire type %d", id, wireType)
		}
		last = id
	}
	if e.Class == event.ClassNone {
		return r.fail(len(r.data), "the event has no class")
	}
	return nil
}

// decodeOther reads what is no field of the registry. document is true when
// it was the event's document.
func decodeOther(r *reader[string], number uint64, wireType byte, raw []byte, e *event.Event) (document bool, err error) {
	start := r.at
	switch {
	case number == uint64(NumberClass) && wireType == typeVarint:
		v, err := r.varint()
		if err != nil {
			return false, err
		}
		if v > 255 || event.Class(v).String() == "" {
			return false, r.fail(start, "class %d is not known: the sender is newer; upgrade this side first", v)
		}
		e.Class = event.Class(v)
	case number == uint64(NumberDocument) && wireType == typeLen:
		v, err := r.text()
		if err != nil {
			return false, err
		}
		e.Raw = nil
		if v != "" {
			e.Raw = raw[r.at-len(v) : r.at : r.at]
		}
		return true, nil
	case number == uint64(NumberEmptyLists) && wireType == typeLen:
		v, err := r.text()
		if err != nil {
			return false, err
		}
		in := reader[string]{data: v, base: r.base + r.at - len(v)}
		for in.at < len(v) {
			at := in.at
			id, err := in.varint()
			if err != nil {
				return false, err
			}
			if id >= uint64(len(kinds)) || kinds[id] == kindNone {
				continue
			}
			if kinds[id] != kindList || e.Has(event.FieldID(id)) {
				return false, in.fail(at, "field %d is no empty list", id)
			}
			e.SetList(event.FieldID(id), nil)
		}
	default:
		return false, r.skip(wireType)
	}
	return false, nil
}
