package rawjson

import (
	"fmt"
	"strconv"
	"strings"
)

// ParsePath reads a path as detection rules write it: member names joined by
// dots, such as
//
//	requestObject.spec.containers.securityContext.privileged
//	annotations.authorization.k8s.io/decision
//	metadata.labels['app.kubernetes.io/name']
//	metadata."app.kubernetes.io/name"
//	data.*
//	spec.containers[0].args[-1]
//
// A name in quotes, with or without brackets, is taken exactly; inside quotes
// a backslash makes the next byte ordinary. A name without quotes may be a
// part of a member name with dots.
func ParsePath(text string) (Path, error) {
	p := pathParser{text: text}
	path, err := p.parse()
	if err != nil {
		return nil, fmt.Errorf("path %q, byte offset %d: %w", text, p.pos, err)
	}
	return path, nil
}

type pathParser struct {
	text string
	pos  int
}

func (p *pathParser) parse() (Path, error) {
	var path Path
	for {
		step, err := p.step(len(path) == 0)
		if err != nil {
			return nil, err
		}
		path = append(path, step)
		if p.pos == len(p.text) {
			return path, nil
		}
	}
}

// step reads one step and the dot or bracket that leads to it.
func (p *pathParser) step(first bool) (Step, error) {
	switch c := p.peek(); {
	case c == '[':
		return p.bracket()
	case first:
	case c == '.':
		p.pos++
	default:
		return Step{}, fmt.Errorf("expected a dot or bracket")
	}
	if c := p.peek(); c == '"' || c == '\'' {
		name, err := p.quoted()
		return Key(name), err
	}
	return p.bare()
}

func (p *pathParser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

func (p *pathParser) bare() (Step, error) {
	rest := p.text[p.pos:]
	if end := strings.IndexAny(rest, ".["); end >= 0 {
		rest = rest[:end]
	}
	if rest == "" {
		return Step{}, fmt.Errorf("expected a member name")
	}
	if bad := strings.IndexAny(rest, "]'\""); bad >= 0 {
		p.pos += bad
		return Step{}, fmt.Errorf("a name with %q must be quoted", rest[bad])
	}
	p.pos += len(rest)
	if rest == "*" {
		return AnyKey(), nil
	}
	return Step{Kind: StepKey, Name: rest}, nil
}

// quoted reads a name up to the quote that opened it.
func (p *pathParser) quoted() (string, error) {
	quote := p.text[p.pos]
	var name []byte
	for i := p.pos + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == quote:
			p.pos = i + 1
			return string(name), nil
		case c == '\\' && i+1 < len(p.text):
			i++
			name = append(name, p.text[i])
		default:
			name = append(name, c)
		}
	}
	return "", fmt.Errorf("quote is not closed")
}

func (p *pathParser) bracket() (Step, error) {
	p.pos++
	var step Step
	if c := p.peek(); c == '"' || c == '\'' {
		name, err := p.quoted()
		if err != nil {
			return Step{}, err
		}
		step = Key(name)
	} else {
		text, _, _ := strings.Cut(p.text[p.pos:], "]")
		if text == "*" || text == "" {
			return Step{}, fmt.Errorf("leave out [%s]: every element is looked at without it", text)
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return Step{}, fmt.Errorf("expected an index or a quoted name in brackets")
		}
		p.pos += len(text)
		step = Index(n)
	}
	if p.peek() != ']' {
		return Step{}, fmt.Errorf("expected ]")
	}
	p.pos++
	return step, nil
}
