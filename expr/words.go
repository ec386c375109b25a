package expr

import (
	"bytes"
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// words are all texts of an event, one after another: the values of its
// stored fields, then those of its raw document. Names of members are none of
// them.
type words struct {
	load uint64 // value of Subject.loads for which the rest holds
	buf  []byte
	ends []int32 // of each text in buf
	fold bool
	tmp  []byte
}

// everything returns all texts of the event, folded or not.
func (s *Subject) everything(fold bool) *words {
	w := &s.words[0]
	if fold {
		w = &s.words[1]
	}
	if w.load == s.loads {
		return w
	}
	w.load, w.fold = s.loads, fold
	w.buf, w.ends = w.buf[:0], w.ends[:0]
	if cap(w.buf) > keptArena {
		w.buf, w.ends, w.tmp = nil, nil, nil
	}
	w.fields(s.e)
	w.document(s.e.Raw)
	return w
}

func (w *words) add(text string) {
	if w.fold {
		w.buf = AppendFold(w.buf, text)
	} else {
		w.buf = append(w.buf, text...)
	}
	w.ends = append(w.ends, int32(len(w.buf)))
}

func (w *words) fields(e *event.Event) {
	fields := event.Fields()
	for i := range fields {
		f := &fields[i]
		if !e.Has(f.ID) {
			continue
		}
		if v, ok := e.Text(f.ID); ok {
			w.add(v)
		}
		list, _ := e.List(f.ID)
		for _, v := range list {
			w.add(v)
		}
		if n, ok := e.Number(f.ID); ok {
			w.tmp = appendNumber(w.tmp[:0], f.Type, n)
			w.add(view(w.tmp))
		}
	}
}

// appendNumber writes what a field stores as a number as text.
func appendNumber(dst []byte, t event.Type, n int64) []byte {
	switch t {
	case event.TypeBool:
		return strconv.AppendBool(dst, n != 0)
	case event.TypeTime:
		return time.Unix(0, n).UTC().AppendFormat(dst, time.RFC3339Nano)
	}
	return strconv.AppendInt(dst, n, 10)
}

// document adds the strings, numbers and booleans of a JSON document, or all
// of a document of another kind as one text.
func (w *words) document(doc []byte) {
	rest := bytes.TrimLeft(doc, " \t\r\n")
	if len(rest) == 0 {
		return
	}
	if rest[0] != '{' && rest[0] != '[' {
		w.add(view(rest))
		return
	}
	for len(rest) > 0 {
		token, after := nextToken(rest)
		rest = bytes.TrimLeft(after, " \t\r\n")
		switch {
		case token[0] == '"':
			if len(rest) == 0 || rest[0] != ':' {
				w.quoted(token)
			}
		case len(token) > 1 || isDigit(token[0]):
			if string(token) != "null" {
				w.add(view(token))
			}
		}
	}
}

func (w *words) quoted(token []byte) {
	if bytes.IndexByte(token, '\\') < 0 {
		w.add(view(bytes.TrimSuffix(token[1:], []byte{'"'})))
		return
	}
	out, ok := rawjson.AppendUnquoted(w.tmp[:0], token)
	w.tmp = out
	if ok {
		w.add(view(out))
	}
}

// nextToken cuts a string, a word or one mark of punctuation off doc, which is
// not empty.
func nextToken(doc []byte) (token, rest []byte) {
	n := 1
	switch {
	case doc[0] == '"':
		n = stringLen(doc)
	case isWord(doc[0]):
		for n < len(doc) && isWord(doc[n]) {
			n++
		}
	}
	return doc[:n], doc[n:]
}

// stringLen returns the length of the JSON string at the start of doc, with
// its quotes.
func stringLen(doc []byte) int {
	for i := 1; i < len(doc); i++ {
		switch doc[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(doc)
}

func isWord(c byte) bool {
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '-' || c == '+' || c == '.'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
