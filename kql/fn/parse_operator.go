package fn

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

// ParseKind says how strictly the operator parse matches.
type ParseKind uint8

// The kinds. Simple matches texts as they stand, and fails as a whole when a
// part cannot be made the type of its column; relaxed leaves that column null;
// regex takes texts as regular expressions.
const (
	ParseSimple ParseKind = iota
	ParseRelaxed
	ParseRegex
)

// ParsePattern is the pattern of the operator parse.
type ParsePattern struct {
	Kind  ParseKind
	Flags string // of regular expressions: i, m, s, U
	Parts []ParsePart
}

// ParsePart is a part of a pattern: anything at all, a column, or a text.
type ParsePart struct {
	Any    bool
	Column value.Type // TypeNone for none
	Text   string
}

// maxParsePattern bounds patterns, in bytes: a compiled one takes some
// hundred times as much.
const maxParsePattern = 16 << 10

// NewParse returns a function of one text that takes it apart by a pattern
// that must fit from the first character to the last. It gives a dynamic
// array with the text of each column (null where it cannot be made the
// column's type), or null when the pattern does not fit.
func NewParse(p ParsePattern) (*Func, error) {
	re, types, err := p.compile()
	if err != nil {
		return nil, err
	}
	strict := p.Kind == ParseSimple
	return &Func{Name: "$parse", Min: 1, Max: 1,
		Result: func([]Arg) (value.Type, error) { return value.TypeDynamic, nil },
		Eval: func(_ *Context, args []value.Value) value.Value {
			return parseWith(re, types, strict, args[0].Text)
		}}, nil
}

func parseWith(re *regexp.Regexp, types []column, strict bool, text string) value.Value {
	m := re.FindStringSubmatchIndex(text)
	if m == nil {
		return value.Null(value.TypeDynamic)
	}
	items := make([]*value.Node, len(types))
	for i, c := range types {
		from, to := m[2*c.group], m[2*c.group+1]
		if from < 0 {
			if strict {
				return value.Null(value.TypeDynamic)
			}
			continue
		}
		v := value.String(text[from:to])
		if c.t != value.TypeString {
			if v = value.Convert(value.String(strings.TrimSpace(v.Text)), c.t); v.Null {
				if strict {
					return value.Null(value.TypeDynamic)
				}
				continue
			}
		}
		items[i] = &value.Node{Kind: value.NodeScalar, Scalar: v}
	}
	return value.Dynamic(value.Array(items))
}

// column is a column of a pattern and the group of the expression that is its
// text.
type column struct {
	t     value.Type
	group int
}

// compile makes one regular expression of the pattern.
func (p ParsePattern) compile() (*regexp.Regexp, []column, error) {
	var b strings.Builder
	flags := "s"
	if p.Kind == ParseRegex {
		flags = p.Flags
		if strings.Trim(flags, "imsU") != "" {
			return nil, nil, fmt.Errorf("the flags are i, m, s and U, not %q", flags)
		}
	} else if p.Flags != "" {
		return nil, nil, errors.New("flags belong to kind=regex")
	}
	if flags != "" {
		b.WriteString("(?" + flags + ")")
	}
	b.WriteString(`\A(?:`)
	var types []column
	group := 0
	for _, part := range p.Parts {
		switch {
		case part.Any && p.Kind == ParseRegex:
			b.WriteString(".*")
		case part.Any:
			b.WriteString(".*?")
		case part.Column != value.TypeNone:
			group++
			types = append(types, column{part.Column, group})
			b.WriteString(p.capture(part.Column))
		case p.Kind == ParseRegex:
			re, err := regexp.Compile(part.Text)
			if err != nil {
				return nil, nil, fmt.Errorf("%q is no regular expression: %w", part.Text, err)
			}
			group += re.NumSubexp()
			b.WriteString("(?:" + part.Text + ")")
		default:
			b.WriteString(regexp.QuoteMeta(part.Text))
		}
		if b.Len() > maxParsePattern {
			return nil, nil, fmt.Errorf("it is longer than %d bytes", maxParsePattern)
		}
	}
	b.WriteString(`)\z`)
	re, err := regexp.Compile(b.String())
	return re, types, err
}

// capture is the expression that takes the text of a column. Numbers are
// taken by their digits, so that anything may follow them.
func (p ParsePattern) capture(t value.Type) string {
	digits := ""
	switch t {
	case value.TypeInt, value.TypeLong:
		digits = `\s*[-+]?\d+`
	case value.TypeReal, value.TypeDecimal:
		digits = `\s*[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?`
	}
	switch {
	case p.Kind == ParseRegex && digits != "":
		return "(" + digits + ")"
	case p.Kind == ParseRegex:
		return "(.*)"
	case digits == "":
		return "(.*?)"
	case p.Kind == ParseRelaxed:
		return "(?:(" + digits + ")|.*?)"
	}
	return "(" + digits + ")"
}
