package value

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and bags may be nested in text that is read as
// JSON. Deeper text is not JSON to this package: it bounds the stack.
const MaxDepth = 128

// ParseJSON reads one JSON value. Whole numbers that fit become long, others
// real; of equal property names the last counts. ok is false where text is
// not JSON; n may be nil where it is, for null.
func ParseJSON(text string) (n *Node, ok bool) {
	p := jsonParser{s: text}
	n, ok = p.value(0)
	p.space()
	return n, ok && p.i == len(p.s)
}

type jsonParser struct {
	s string
	i int
}

func (p *jsonParser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

func (p *jsonParser) value(depth int) (*Node, bool) {
	p.space()
	if p.i >= len(p.s) || depth > MaxDepth {
		return nil, false
	}
	switch c := p.s[p.i]; {
	case c == '{':
		return p.bag(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		s, ok := p.str()
		return &Node{Scalar: String(s)}, ok
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	switch {
	case p.literal("null"):
		return nil, true
	case p.literal("true"):
		return &Node{Scalar: Bool(true)}, true
	case p.literal("false"):
		return &Node{Scalar: Bool(false)}, true
	}
	return nil, false
}

// literal takes word where it comes next.
func (p *jsonParser) literal(word string) bool {
	if !strings.HasPrefix(p.s[p.i:], word) {
		return false
	}
	p.i += len(word)
	return true
}

func (p *jsonParser) array(depth int) (*Node, bool) {
	p.i++
	items := []*Node{}
	if p.next(']') {
		return Array(items), true
	}
	for {
		item, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		items = append(items, item)
		if p.next(']') {
			return Array(items), true
		}
		if !p.next(',') {
			return nil, false
		}
	}
}

func (p *jsonParser) bag(depth int) (*Node, bool) {
	p.i++
	var bag Bag
	if p.next('}') {
		return bag.Node(), true
	}
	for {
		p.space()
		if p.i >= len(p.s) || p.s[p.i] != '"' {
			return nil, false
		}
		key, ok := p.str()
		if !ok || !p.next(':') {
			return nil, false
		}
		item, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		bag.Set(key, item)
		if p.next('}') {
			return bag.Node(), true
		}
		if !p.next(',') {
			return nil, false
		}
	}
}

// next takes c where it comes next.
func (p *jsonParser) next(c byte) bool {
	p.space()
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *jsonParser) number() (*Node, bool) {
	start := p.i
	whole := true
	if p.s[p.i] == '-' {
		p.i++
	}
	first := p.i
	if p.digits() == 0 || p.s[first] == '0' && p.i > first+1 {
		return nil, false
	}
	if p.i < len(p.s) && p.s[p.i] == '.' {
		p.i++
		whole = false
		if p.digits() == 0 {
			return nil, false
		}
	}
	if p.i < len(p.s) && p.s[p.i]|0x20 == 'e' {
		p.i++
		whole = false
		if p.i < len(p.s) && (p.s[p.i] == '+' || p.s[p.i] == '-') {
			p.i++
		}
		if p.digits() == 0 {
			return nil, false
		}
	}
	text := p.s[start:p.i]
	if whole {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return &Node{Scalar: Long(n)}, true
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		return nil, false
	}
	return &Node{Scalar: Real(f)}, true
}

func (p *jsonParser) digits() int {
	start := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i - start
}

// str reads a string from its opening quote. A string without escapes shares
// the text.
func (p *jsonParser) str() (string, bool) {
	p.i++
	start := p.i
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			s := p.s[start:p.i]
			p.i++
			return s, true
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return "", false
		}
		p.i++
	}
	return "", false
}

func (p *jsonParser) escaped(start int) (string, bool) {
	buf := []byte(p.s[start:p.i])
	for p.i < len(p.s) {
		c := p.s[p.i]
		p.i++
		switch {
		case c == '"':
			return string(buf), true
		case c < 0x20:
			return "", false
		case c != '\\':
			buf = append(buf, c)
			continue
		}
		if p.i >= len(p.s) {
			return "", false
		}
		c = p.s[p.i]
		p.i++
		switch c {
		case '"', '\\', '/':
			buf = append(buf, c)
		case 'b':
			buf = append(buf, '\b')
		case 'f':
			buf = append(buf, '\f')
		case 'n':
			buf = append(buf, '\n')
		case 'r':
			buf = append(buf, '\r')
		case 't':
			buf = append(buf, '\t')
		case 'u':
			r, ok := p.hex4()
			if !ok {
				return "", false
			}
			if utf16.IsSurrogate(r) {
				r = p.lowSurrogate(r)
			}
			buf = utf8.AppendRune(buf, r)
		default:
			return "", false
		}
	}
	return "", false
}

// lowSurrogate reads the second half of a pair; where there is none, the
// first stands for the replacement character.
func (p *jsonParser) lowSurrogate(high rune) rune {
	back := p.i
	if strings.HasPrefix(p.s[p.i:], `\u`) {
		p.i += 2
		if low, ok := p.hex4(); ok {
			if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
				return r
			}
		}
	}
	p.i = back
	return utf8.RuneError
}

func (p *jsonParser) hex4() (rune, bool) {
	if p.i+4 > len(p.s) {
		return 0, false
	}
	n, err := strconv.ParseUint(p.s[p.i:p.i+4], 16, 16)
	if err != nil {
		return 0, false
	}
	p.i += 4
	return rune(n), true
}
