package falco

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// containerInfo is a word that Falco once filled in and now drops.
const containerInfo = "%container.info"

// output reads the output of a rule: text with %field and %field[argument] in
// it; %% is a percent sign, and * before a field means what is meant anyway,
// that the alert is written even where the field is absent.
func (c *conditions) output(t text) rule.Template {
	var out rule.Template
	var plain strings.Builder
	l := lexer{text: strings.TrimSpace(strings.ReplaceAll(t.all, containerInfo, ""))}
	for l.at < len(l.text) {
		switch {
		case l.mark("%%"):
			plain.WriteByte('%')
		case l.text[l.at] == '%', strings.HasPrefix(l.text[l.at:], "*%"):
			l.mark("*")
			start := l.at
			l.mark("%")
			name, ok := c.outputField(&l)
			if !ok {
				c.outputError(t, l.text[start:])
				return nil
			}
			if plain.Len() > 0 {
				out = append(out, rule.TemplatePart{Text: plain.String()})
				plain.Reset()
			}
			out = append(out, rule.TemplatePart{Field: name})
		default:
			plain.WriteByte(l.text[l.at])
			l.at++
		}
	}
	if plain.Len() > 0 {
		out = append(out, rule.TemplatePart{Text: plain.String()})
	}
	return out
}

// outputField reads the name of a field, or of a function of one.
func (c *conditions) outputField(l *lexer) (name string, ok bool) {
	l.until(func(b byte) bool { return !isDigit(b) && b != '-' }) // a width
	start := l.at
	name, dotted := l.name()
	if _, isFn := transforms[name]; isFn && !dotted {
		p := &parser{lexer: *l}
		if _, err := p.function(start, name); err != nil {
			return "", false
		}
		l.at = p.at
		return l.text[start:l.at], true
	}
	for dotted { // the name may be followed by a full stop and a word
		if _, known := findRow(c.source, name); known != fieldUnknown {
			break
		}
		cut := strings.LastIndexByte(name, '.')
		name = name[:cut]
		dotted = strings.Contains(name, ".")
		l.at = start + cut
	}
	if !dotted {
		l.at = start
		return "", false
	}
	if l.mark("[") {
		l.argument()
		if !l.mark("]") {
			return "", false
		}
	}
	return l.text[start:l.at], true
}

// outputError tells of a field in an output that nobody knows.
func (c *conditions) outputError(t text, rest string) {
	word, _, _ := strings.Cut(rest, " ")
	was := c.text
	c.text = t
	defer func() { c.text = was }()
	at := max(strings.Index(t.all, word), 0)
	reason := fmt.Sprintf("%q is no field of events of %s", word, c.source)
	if c.item.skipUnknown {
		c.skipped = true
		c.warn(c.problemAt(at, codeUnknownFilter, "output", "", reason+"; the rule is left out, as it says"))
		return
	}
	c.failAt(at, codeOutput, "output", "write %% for a percent sign", reason)
}

// commonest are the types of the events of tables whose rows may not say by which call something was done.
var commonest = map[event.Class]string{event.ClassProcess: "execve", event.ClassNetwork: "connect"}

// outputIn returns an output for the events of one table: what is the same for
// all of them is written out.
func (c *conditions) outputIn(out rule.Template, class event.Class) rule.Template {
	var made rule.Template
	for _, p := range out {
		r, _ := findRow(c.source, p.Field)
		switch {
		case p.Field != "" && r != nil && r.kind == kindFixed:
			made = append(made, rule.TemplatePart{Text: r.fixed})
		case p.Field != "" && r != nil && r.kind == kindType:
			made = append(made, rule.TemplatePart{Field: p.Field, Absent: commonest[class]})
		case r != nil && r.list && !strings.Contains(p.Field, "["):
			made = append(made, rule.TemplatePart{Field: p.Field, List: true})
		case p.Field != "" && r != nil && r.absent != "" && !strings.Contains(p.Field, "["):
			made = append(made, rule.TemplatePart{Field: p.Field, Absent: r.absent})
		default:
			made = append(made, p)
		}
	}
	return made
}

// outputPlace returns where the value of a field of an output stands in a
// table.
func (c *conditions) outputPlace(name string, class event.Class) (located, bool) {
	p := &parser{lexer: lexer{text: name}}
	field, dotted := p.name()
	if !dotted {
		return located{}, false
	}
	o, err := p.operandNamed(0, field, true)
	if err != nil {
		return located{}, false
	}
	r, known := findRow(c.source, field)
	if known != fieldKnown || r.argumentError(o) != "" {
		return located{}, false
	}
	m := r.in(class, o)
	if len(m.places) == 0 {
		return located{}, false
	}
	return m.places[0], true
}
