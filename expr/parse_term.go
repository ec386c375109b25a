package expr

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// ParseTerm reads a term as [Term.String] writes it; resolve says which field
// a name means. A name that means none is an error.
func ParseTerm(text string, resolve func(name string) (event.Ref, bool)) (*Term, error) {
	p := termParser{rest: text, resolve: resolve}
	t, err := p.term()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%q follows the term", p.rest)
	}
	return t, err
}

type termParser struct {
	rest    string
	resolve func(name string) (event.Ref, bool)
}

func (p *termParser) term() (*Term, error) {
	if strings.HasPrefix(p.rest, `"`) {
		quoted, err := strconv.QuotedPrefix(p.rest)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.rest, err)
		}
		p.rest = p.rest[len(quoted):]
		text, err := strconv.Unquote(quoted)
		return &Term{Fn: FnText, Text: text}, err
	}
	end := strings.IndexAny(p.rest, "(),")
	if end < 0 {
		end = len(p.rest)
	}
	name := p.rest[:end]
	p.rest = p.rest[end:]
	if !p.skip("(") {
		ref, ok := p.resolve(name)
		if !ok {
			return nil, fmt.Errorf("%q is no field", name)
		}
		return &Term{Ref: ref}, nil
	}
	fn := slices.Index(fnNames[:], name)
	if name == "" || fn < 0 {
		return nil, fmt.Errorf("there is no function %q", name)
	}
	t := &Term{Fn: Fn(fn)}
	for {
		arg, err := p.term()
		if err != nil {
			return nil, err
		}
		t.Args = append(t.Args, arg)
		switch {
		case p.skip(")"):
			return t, nil
		case !p.skip(", "):
			return nil, fmt.Errorf("%s is not closed", name)
		}
	}
}

func (p *termParser) skip(text string) bool {
	rest, ok := strings.CutPrefix(p.rest, text)
	p.rest = rest
	return ok
}
