package expr

import (
	"hash/maphash"
	"strconv"

	"github.com/lynceus-io/lynceus/event"
)

// kind is the type of one value, which decides how operators read it.
type kind uint8

const (
	kindText   kind = iota // text, an address, a boolean, a JSON object as its source
	kindNumber             // an Int field, a JSON number
	kindTime               // a Time field; the number is nanoseconds since 1970 UTC
	kindNull               // a JSON null: it satisfies OpNull and nothing else
)

// cell is one value of one column of the event that a Subject holds. Its text
// and fold are made when they are first asked for.
type cell struct {
	kind     kind
	hasText  bool
	hasFold  bool
	isNumber bool // number is set
	number   number
	text     string
	folded   string
}

func textCell(text string) cell { return cell{kind: kindText, text: text, hasText: true} }

func boolCell(v bool) cell { return textCell(strconv.FormatBool(v)) }

func wholeCell(v int64) cell {
	return cell{kind: kindNumber, number: wholeNumber(v), isNumber: true}
}

func timeCell(ns int64) cell {
	return cell{kind: kindTime, number: wholeNumber(ns), isNumber: true}
}

// jsonNumber makes the value of a JSON number; its text is that of the
// document.
func jsonNumber(text string) cell {
	c := cell{kind: kindNumber, text: text, hasText: true}
	c.number, c.isNumber = parseNumber(text)
	return c
}

// arena holds the texts of values that do not stand in the event in the form
// that is wanted, and what is remembered of values.
type arena struct {
	buf  []byte
	said *verdicts // nil until an expression is asked
}

// verdicts returns what is remembered of regular expressions.
func (a *arena) verdicts() *verdicts {
	if a.said == nil {
		a.said = &verdicts{seed: maphash.MakeSeed()}
	}
	return a.said
}

// reset forgets all texts, and lets go of the memory of huge ones.
func (a *arena) reset() {
	a.buf = a.buf[:0]
	if cap(a.buf) > keptArena {
		a.buf = nil
	}
}

// text returns the value as text.
func (a *arena) text(c *cell) string {
	if !c.hasText {
		start := len(a.buf)
		t := event.TypeInt
		if c.kind == kindTime {
			t = event.TypeTime
		}
		a.buf = appendNumber(a.buf, t, c.number.i)
		c.text, c.hasText = view(a.buf[start:]), true
	}
	return c.text
}

// folded returns the fold of the value's text.
func (a *arena) folded(c *cell) string {
	if !c.hasFold {
		c.folded, c.hasFold = a.text(c), true
		if !isFolded(c.folded) {
			start := len(a.buf)
			a.buf = AppendFold(a.buf, c.text)
			c.folded = view(a.buf[start:])
		}
	}
	return c.folded
}

// read returns the text that a predicate looks at.
func (a *arena) read(c *cell, fold bool) string {
	if fold {
		return a.folded(c)
	}
	return a.text(c)
}

// numeric returns the number that the value is or that its text reads as;
// times are none.
func (c *cell) numeric() (number, bool) {
	switch c.kind {
	case kindNumber:
		return c.number, c.isNumber
	case kindText:
		return parseNumber(c.text)
	}
	return number{}, false
}

// moment returns the point in time that the value is or that its text reads
// as.
func (c *cell) moment() (ns int64, ok bool) {
	switch c.kind {
	case kindTime:
		return c.number.i, true
	case kindText:
		return parseTime(c.text)
	}
	return 0, false
}
