package inventory

import "strings"

// words keeps one copy of texts that many objects have in common.
type words struct {
	kept         map[string]string
	bytes, limit int64
}

// costWord is the estimate of what an entry uses beside its text, which is
// kept once: the map's share at its average load.
const costWord = 64

// share returns a copy of text that does not share the caller's memory, the
// same for equal texts for as long as the table is not full.
func (w *words) share(text string) string {
	if text == "" {
		return ""
	}
	if kept, ok := w.kept[text]; ok {
		return kept
	}
	text = strings.Clone(text)
	if w.kept == nil || w.bytes+int64(len(text))+costWord > w.limit {
		w.kept, w.bytes = map[string]string{}, 0
	}
	w.kept[text] = text
	w.bytes += int64(len(text)) + costWord
	return text
}
