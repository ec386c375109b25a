package expr

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// operand returns the column of a field, or of a term where one is given.
func (b *builder) operand(r event.Ref, t *Term) (Column, error) {
	if t == nil {
		return b.column(r)
	}
	return b.term(t)
}

// term returns the column of a term.
func (b *builder) term(t *Term) (Column, error) {
	if t.Fn == FnField {
		return b.column(t.Ref)
	}
	key := t.String()
	if c, ok := b.byTerm[key]; ok {
		return c, nil
	}
	if int(t.Fn) >= len(fnNames) {
		return 0, fmt.Errorf("there is no function %d", t.Fn)
	}
	col := column{from: fromTerm, term: t}
	if t.Fn != FnText && len(t.Args) == 0 || t.Fn < FnConcat && len(t.Args) > 1 || t.Fn == FnCommand && len(t.Args) != 3 {
		return 0, fmt.Errorf("%s of %d arguments", t, len(t.Args))
	}
	for _, a := range t.Args {
		c, err := b.term(a)
		if err != nil {
			return 0, err
		}
		col.args = append(col.args, c)
	}
	c := Column(len(b.p.columns))
	b.p.columns = append(b.p.columns, col)
	b.byTerm[key] = c
	return c, nil
}

// maxComputed bounds the values that a term is computed of: a client chooses
// how many it sends.
const maxComputed = 4096

// compute appends the values of a term and reports whether it is present.
func (s *Subject) compute(c *column) bool {
	switch c.term.Fn {
	case FnText:
		s.cells = append(s.cells, textCell(c.term.Text))
		return true
	case FnConcat, FnJoin:
		text, ok := s.joined(c)
		if ok {
			s.cells = append(s.cells, textCell(text))
		}
		return ok
	case FnFirst:
		return s.first(c)
	case FnCommand:
		return s.commands(c)
	}
	sp := s.column(c.args[0])
	if !sp.present {
		return false
	}
	from, to := int(sp.from), min(int(sp.to), int(sp.from)+maxComputed)
	start := len(s.cells)
	if c.term.Fn == FnLength {
		n := int64(to - from)
		if n == 1 {
			n = int64(len(s.text(&s.cells[from])))
		}
		s.cells = append(s.cells, wholeCell(n))
		return true
	}
	for i := from; i < to; i++ {
		if s.cells[i].kind == kindNull {
			continue
		}
		if v, ok := changed(c.term.Fn, s.text(&s.cells[i])); ok {
			s.cells = append(s.cells, textCell(v))
		}
	}
	return len(s.cells) > start
}

// changed returns what a function of one argument makes of a value.
func changed(fn Fn, text string) (string, bool) {
	switch fn {
	case FnLower:
		return mapASCII(text, 'A', 'Z'), true
	case FnUpper:
		return mapASCII(text, 'a', 'z'), true
	case FnBase:
		return text[strings.LastIndexByte(text, '/')+1:], true
	case FnDirectory:
		if text == "" || strings.HasSuffix(text, "/") {
			return text, true
		}
		return text + "/", true
	}
	b, err := base64.StdEncoding.DecodeString(text)
	return string(b), err == nil
}

// mapASCII returns text with the letters of a range in their other case.
func mapASCII(text string, from, to byte) string {
	for i := range len(text) {
		if from <= text[i] && text[i] <= to {
			out := []byte(text)
			for ; i < len(out); i++ {
				if from <= out[i] && out[i] <= to {
					out[i] ^= 0x20
				}
			}
			return string(out)
		}
	}
	return text
}

// joined returns the values of a term's arguments as one text.
func (s *Subject) joined(c *column) (string, bool) {
	var texts []string
	args, between := c.args, ""
	if c.term.Fn == FnJoin {
		sp := s.column(args[0])
		if sp.to-sp.from != 1 {
			return "", false
		}
		between, args = s.text(&s.cells[sp.from]), args[1:]
	}
	for _, a := range args {
		sp := s.column(a)
		if n := sp.to - sp.from; n == 0 || n != 1 && c.term.Fn == FnConcat || len(texts)+int(n) > maxComputed {
			return "", false
		}
		for i := sp.from; i < sp.to; i++ {
			texts = append(texts, s.text(&s.cells[i]))
		}
	}
	return strings.Join(texts, between), true
}

// first appends the values of the first argument that is present.
func (s *Subject) first(c *column) bool {
	for _, a := range c.args {
		if sp := s.column(a); sp.present {
			s.cells = append(s.cells, s.cells[sp.from:sp.to]...)
			return true
		}
	}
	return false
}

// commands appends command lines as Falco has them: in place of the first
// argument of the process, with which a line begins, stands the process's
// name. The term's arguments are the lines, the first arguments and the names,
// in the same order. A line of which these are not known stays as it is.
func (s *Subject) commands(c *column) bool {
	lines, first, names := s.column(c.args[0]), s.column(c.args[1]), s.column(c.args[2])
	n := lines.to - lines.from
	known := first.to-first.from == n && names.to-names.from == n
	for i := range min(n, maxComputed) {
		cell := s.cells[lines.from+i]
		if known {
			line := s.text(&s.cells[lines.from+i])
			if named, ok := command(line, s.text(&s.cells[first.from+i]), s.text(&s.cells[names.from+i])); ok {
				cell = textCell(named)
			}
		}
		s.cells = append(s.cells, cell)
	}
	return lines.present
}

// command returns a line with a name in place of its first argument.
func command(line, first, name string) (string, bool) {
	rest, ok := strings.CutPrefix(line, first)
	switch {
	case !ok || name == "" || first == "" || rest != "" && rest[0] != ' ':
		return "", false
	case strings.HasSuffix(first, name): // the name is the end of a path, as a rule
		return line[len(first)-len(name):], true
	}
	return name + rest, true
}
