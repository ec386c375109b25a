package bench

import "github.com/lynceus-io/lynceus/event"

// batchSize is how many events are made ready at once: few enough to stay in
// the second-level cache, as they do between decoding and matching.
const batchSize = 64

// feed hands out events as a decoder does: in the same memory again and
// again, with texts that are copies, fresh in the cache.
type feed struct {
	events []*event.Event
	batch  [batchSize]event.Event
	text   []byte
}

// load makes the events from at on ready and returns them.
func (f *feed) load(at int) []event.Event {
	src := f.events[at:min(at+batchSize, len(f.events))]
	f.text = f.text[:0]
	for _, e := range src {
		f.text = appendTexts(f.text, e)
	}
	rest := string(f.text)
	for i, e := range src {
		rest = fill(&f.batch[i], e, rest)
	}
	return f.batch[:len(src)]
}

// appendTexts appends all texts of e.
func appendTexts(dst []byte, e *event.Event) []byte {
	fields := event.Fields()
	for i := range fields {
		if v, ok := e.Text(fields[i].ID); ok {
			dst = append(dst, v...)
		}
		list, _ := e.List(fields[i].ID)
		for _, v := range list {
			dst = append(dst, v...)
		}
	}
	return dst
}

// fill makes dst equal to src, its texts cut off those that appendTexts wrote.
func fill(dst, src *event.Event, texts string) (rest string) {
	dst.Reset(src.Class)
	dst.Raw = src.Raw
	cut := func(n int) string {
		v := texts[:n]
		texts = texts[n:]
		return v
	}
	fields := event.Fields()
	for i := range fields {
		id := fields[i].ID
		if v, ok := src.Text(id); ok {
			event.StringField(id).Set(dst, cut(len(v)))
		}
		if list, ok := src.List(id); ok {
			words := event.StringsField(id)
			if len(list) == 0 {
				words.Set(dst, nil)
			}
			for _, v := range list {
				words.Append(dst, cut(len(v)))
			}
		}
		if n, ok := src.Number(id); ok {
			event.IntField(id).Set(dst, n)
		}
	}
	return texts
}
