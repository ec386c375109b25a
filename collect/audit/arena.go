package audit

// arenaPage is how much an Arena takes at a time. It holds the texts of some
// hundreds of ordinary events.
const arenaPage = 64 << 10

// keptPages bounds what an Arena keeps for reuse, so that one huge document
// is not paid for by all that follow.
const keptPages = 16

// An Arena holds the text that is made while documents are decoded: unescaped
// strings, redacted documents, identities. Events decoded with it refer to it
// until Reset. The zero value is ready for use, by one goroutine at a time.
type Arena struct {
	page  []byte   // being filled
	pages [][]byte // all of the ordinary size, page among them
	used  int      // of pages
}

// Reset takes all text back. Events that refer to it must be out of use.
func (a *Arena) Reset() {
	a.page, a.used = nil, 0
	if len(a.pages) > keptPages {
		clear(a.pages[keptPages:])
		a.pages = a.pages[:keptPages]
	}
}

// grow returns an empty slice with room for n bytes that nobody else uses.
// The caller appends to it and gives the result to keep.
func (a *Arena) grow(n int) []byte {
	if cap(a.page)-len(a.page) >= n {
		return a.page[len(a.page):len(a.page):cap(a.page)]
	}
	if n > arenaPage/4 {
		return make([]byte, 0, n)
	}
	if a.used == len(a.pages) {
		a.pages = append(a.pages, make([]byte, 0, arenaPage))
	}
	a.page = a.pages[a.used][:0]
	a.used++
	return a.page[:0:cap(a.page)]
}

// keep makes text, which grow returned and the caller appended to, a part of
// the arena, and returns it. Where appending outgrew the room it was given,
// the text has memory of its own and nothing is kept.
func (a *Arena) keep(text []byte) []byte {
	n := len(a.page)
	if len(text) > 0 && n+len(text) <= cap(a.page) && &a.page[:n+1][n] == &text[0] {
		a.page = a.page[:n+len(text)]
	}
	return text[:len(text):len(text)]
}

// copy returns a copy of text.
func (a *Arena) copy(text []byte) []byte {
	return a.keep(append(a.grow(len(text)), text...))
}
