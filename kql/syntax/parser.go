package syntax

import "strings"

// Limits of the tree, so that neither it nor who walks it can exhaust the
// stack.
const (
	maxNesting = 200    // parentheses, brackets, function bodies in each other
	maxChain   = 10_000 // operators, members or steps one after another
)

// Parse reads a query. The tree is never nil; the error, if any, is Errors.
func Parse(text string) (*Query, error) {
	r := &Reporter{Text: text}
	if len(text) > maxText {
		r.Report(Span{maxText, len(text)}, "", "the query is longer than %d bytes", maxText)
		return &Query{Span: Span{0, len(text)}, Text: text}, r.Err()
	}
	p := &parser{text: text, r: r, toks: lex(text, r)}
	q := &Query{Span: Span{0, len(text)}, Text: text, Statements: p.statements(false)}
	if len(q.Statements) == 0 && !r.Failed() {
		r.Report(Span{0, 0}, "start with the name of a table", "the query is empty")
	}
	return q, r.Err()
}

type parser struct {
	text   string
	toks   []token
	at     int
	r      *Reporter
	depth  int
	search bool // inside the condition of search, where ":" compares
}

// tok returns the next token.
func (p *parser) tok() token { return p.toks[p.at] }

// ahead returns the token n after the next.
func (p *parser) ahead(n int) token { return p.toks[min(p.at+n, len(p.toks)-1)] }

// take returns the next token and passes over it.
func (p *parser) take() token {
	t := p.toks[p.at]
	if t.kind != tEOF {
		p.at++
	}
	return t
}

// last is where the token before the next one stands.
func (p *parser) last() Span {
	if p.at == 0 {
		return Span{}
	}
	return p.toks[p.at-1].Span
}

// since returns the span from start to the token before the next one.
func (p *parser) since(start int) Span { return Span{start, max(start, p.last().End)} }

// accept passes over the sign if it is next.
func (p *parser) accept(sign string) bool {
	if p.tok().is(sign) {
		p.at++
		return true
	}
	return false
}

// acceptWord passes over the word if it is next.
func (p *parser) acceptWord(w string) bool {
	if p.tok().word(w) {
		p.at++
		return true
	}
	return false
}

// expect passes over the sign, or reports that it is missing.
func (p *parser) expect(sign, where string) bool {
	if p.accept(sign) {
		return true
	}
	p.unexpected("%q %s", sign, where)
	return false
}

// expectWord passes over the word, or reports that it is missing.
func (p *parser) expectWord(w, where string) bool {
	if p.acceptWord(w) {
		return true
	}
	p.unexpected("%q %s", w, where)
	return false
}

// unexpected reports that something else should stand here.
func (p *parser) unexpected(format string, args ...any) {
	p.report(p.tok().Span, "", "expected "+format+", found %s", append(args, p.found())...)
}

// found describes the next token.
func (p *parser) found() string {
	t := p.tok()
	if t.kind == tEOF {
		return "the end of the query"
	}
	s := p.text[t.Start:t.End]
	if len(s) > 40 {
		s = s[:nextRune(s, 40)] + "…"
	}
	return strings.ReplaceAll(s, "\n", " ")
}

func (p *parser) report(at Span, suggestion, format string, args ...any) {
	p.r.Report(at, suggestion, format, args...)
}

// enter notes one more level of nesting; it reports and returns false when
// there are too many, and the caller must not go on. leave undoes it.
func (p *parser) enter() bool {
	if p.depth >= maxNesting {
		p.report(p.tok().Span, "", "the query is nested more than %d levels deep", maxNesting)
		p.at = len(p.toks) - 1
		return false
	}
	p.depth++
	return true
}

func (p *parser) leave() { p.depth-- }

// chain reports a chain that is too long, and gives up on the rest.
func (p *parser) chain(n int) bool {
	if n < maxChain {
		return true
	}
	p.report(p.tok().Span, "", "more than %d operators follow one another", maxChain)
	p.at = len(p.toks) - 1
	return false
}

// skipTo passes over tokens, brackets with all that is in them, until one of
// signs, a closing bracket that was not opened here, or the end.
func (p *parser) skipTo(signs ...string) {
	depth := 0
	for {
		t := p.tok()
		if t.kind == tEOF {
			return
		}
		if t.kind == tPunct {
			switch t.text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				if depth == 0 {
					return
				}
				depth--
			default:
				if depth == 0 {
					for _, s := range signs {
						if t.text == s {
							return
						}
					}
				}
			}
		}
		p.at++
	}
}

// name reads an identifier, bare or as ['...'].
func (p *parser) name(what string) *Name {
	t := p.tok()
	switch {
	case t.kind == tName:
		p.at++
		return &Name{t.Span, t.text}
	case t.is("[") && p.ahead(1).kind == tString && p.ahead(2).is("]"):
		s := p.ahead(1)
		p.at += 3
		if s.text == "" { // the empty name is that of what is wrong
			p.report(p.since(t.Start), "", "a name has at least one character")
		}
		return &Name{p.since(t.Start), s.text}
	}
	p.unexpected("%s", what)
	return &Name{Span{t.Start, t.Start}, ""}
}

// nameAhead reports whether an identifier is next.
func (p *parser) nameAhead() bool {
	return p.tok().kind == tName || p.tok().is("[") && p.ahead(1).kind == tString && p.ahead(2).is("]")
}

// dotted reads identifiers with dots between them, as one: a name of the
// field registry.
func (p *parser) dotted(what string) *Name {
	n := p.name(what)
	if !p.tok().is(".") || p.ahead(1).kind != tName {
		return n
	}
	parts := []string{n.Text}
	for p.tok().is(".") && p.ahead(1).kind == tName {
		p.at++
		parts = append(parts, p.name(what).Text)
	}
	return &Name{p.since(n.Start), strings.Join(parts, ".")}
}
