package sift

import "strings"

// dict numbers the different texts of a column; 0 is the empty text. What is
// no longer in use stays until the table is made anew.
type dict struct {
	ids   map[string]uint32
	texts []string
	low   []string // texts without regard to case
	bytes int64
}

// entryBytes is about what an entry costs besides its text.
const entryBytes = 80

func newDict() dict {
	return dict{ids: map[string]uint32{"": 0}, texts: []string{""}, low: []string{""}}
}

func (d *dict) id(text string) uint32 {
	if id, ok := d.ids[text]; ok {
		return id
	}
	text = strings.Clone(text)
	id := uint32(len(d.texts))
	low := strings.ToLower(text)
	d.ids[text] = id
	d.texts, d.low = append(d.texts, text), append(d.low, low)
	d.bytes += int64(2*len(text)) + entryBytes
	return id
}

// find returns which texts are among those wanted, as one truth for each id.
// None is the empty text.
func (d *dict) find(wanted []string) []bool {
	out := make([]bool, len(d.texts))
	for _, text := range wanted {
		if text == None {
			text = ""
		}
		if id, ok := d.ids[text]; ok {
			out[id] = true
		}
	}
	return out
}

// with returns which texts hold a word, which must be in lower case.
func (d *dict) with(word string) []bool {
	out := make([]bool, len(d.low))
	for id, text := range d.low {
		out[id] = strings.Contains(text, word)
	}
	return out
}
