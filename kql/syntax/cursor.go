package syntax

// Cursor says what stands around a place in a text that may not be finished.
type Cursor struct {
	// Word is the name, or the part of one, that ends at the place.
	Word Span
	// Before is what has to run before the operator at the place: all finished
	// statements, and the pipeline up to the bar before it, each as a prefix
	// without that bar, the longest first.
	Before []string
	// Operator is the name of the operator that the place is in; "" where a
	// query starts or an operator's name is expected.
	Operator string
	// Start is set where the name of an operator, or with an empty Before the
	// start of a query, is expected.
	Start bool
	// By is set behind the word "by" of that operator.
	By bool
	// Literal is set inside a string or a comment.
	Literal bool
}

// At looks at the text before offset.
func At(text string, offset int) Cursor {
	text = text[:min(max(offset, 0), len(text), maxText)]
	c := Cursor{Word: Span{len(text), len(text)}}
	for c.Word.Start > 0 && (isNamePart(text[c.Word.Start-1]) || text[c.Word.Start-1] == '.') {
		c.Word.Start--
	}
	toks := lex(text, &Reporter{Text: text})
	toks = toks[:len(toks)-1]
	if n := len(toks); n > 0 && toks[n-1].kind == tString && toks[n-1].End == len(text) && !closed(text[toks[n-1].Start:]) || inComment(text, toks) {
		c.Literal = true
		return c
	}
	for len(toks) > 0 && toks[len(toks)-1].End > c.Word.Start {
		toks = toks[:len(toks)-1] // what is being written
	}
	for len(toks) > 1 && toks[len(toks)-1].is("-") && toks[len(toks)-1].End == c.Word.Start && toks[len(toks)-2].touches(toks[len(toks)-1]) && followsBar(toks[:len(toks)-2]) {
		c.Word.Start = toks[len(toks)-2].Start // project-a
		toks = toks[:len(toks)-2]
	}
	c.look(text, toks)
	return c
}

// followsBar reports whether the last token is a bar, so that the name of an
// operator comes next.
func followsBar(toks []token) bool { return len(toks) > 0 && toks[len(toks)-1].is("|") }

// look finds the pipeline in which the place is: the innermost open bracket
// in which there is a bar, or else the statement.
func (c *Cursor) look(text string, toks []token) {
	statement := 0 // where the last statement starts
	var open []int // open brackets, as indexes of tokens
	for i, t := range toks {
		switch {
		case t.is("(") || t.is("[") || t.is("{"):
			open = append(open, i)
		case (t.is(")") || t.is("]") || t.is("}")) && len(open) > 0:
			open = open[:len(open)-1]
		case t.is(";") && len(open) == 0:
			statement = i + 1
		}
	}
	lets := ""
	if statement > 0 {
		lets = text[:toks[statement-1].End]
	}
	first := statement
	if first+2 < len(toks) && toks[first].word("let") && toks[first+2].is("=") {
		first += 3
	}
	starts := append([]int{first}, next(open)...)
	for i := len(starts) - 1; i >= 0; i-- {
		if starts[i] < first {
			continue
		}
		segment := toks[starts[i]:]
		bars := bars(segment)
		if len(bars) > 0 && (bars[0] > 0 || i == 0) {
			c.inPipe(text, lets, segment, bars)
			return
		}
		if i == len(starts)-1 && len(segment) == 0 {
			c.Start = i == 0 || !isCallBracket(toks, starts[i]-1)
			if c.Start {
				return
			}
		}
	}
	if first < len(toks) {
		c.Operator = toks[first].text
	}
}

// isCallBracket reports whether the bracket at i belongs to a function.
func isCallBracket(toks []token, i int) bool {
	return i > 0 && toks[i].is("(") && toks[i-1].kind == tName && toks[i-1].touches(toks[i])
}

func next(indexes []int) []int {
	out := make([]int, len(indexes))
	for i, n := range indexes {
		out[i] = n + 1
	}
	return out
}

// bars returns the bars of a segment that stand in no bracket of it.
func bars(segment []token) []int {
	var out []int
	depth := 0
	for i, t := range segment {
		switch {
		case t.is("(") || t.is("[") || t.is("{"):
			depth++
		case t.is(")") || t.is("]") || t.is("}"):
			depth--
		case t.is("|") && depth <= 0:
			out = append(out, i)
		}
	}
	return out
}

// inPipe fills in what comes before the last bar.
func (c *Cursor) inPipe(text, lets string, segment []token, bars []int) {
	from := segment[0].Start
	for i := len(bars) - 1; i >= 0; i-- {
		c.Before = append(c.Before, lets+" "+text[from:segment[bars[i]].Start])
	}
	rest := segment[bars[len(bars)-1]+1:]
	if len(rest) == 0 {
		c.Start = true
		return
	}
	c.Operator = rest[0].text
	for i := 1; i+1 < len(rest) && rest[i].is("-") && rest[i-1].touches(rest[i]); i += 2 {
		c.Operator += "-" + rest[i+1].text
	}
	for _, t := range rest {
		c.By = c.By || t.word("by")
	}
}

// closed reports whether a string literal has its closing mark.
func closed(literal string) bool {
	r := &Reporter{Text: literal}
	lex(literal, r)
	return !r.Failed()
}

// inComment reports whether the end of the text is in a comment.
func inComment(text string, toks []token) bool {
	from := 0
	if len(toks) > 0 {
		from = toks[len(toks)-1].End
	}
	l := lexer{text: text, at: from, r: &Reporter{Text: text}}
	line := len(text)
	for line > from && text[line-1] != '\n' {
		line--
	}
	l.at = max(line, from)
	for l.at < len(text) && (text[l.at] == ' ' || text[l.at] == '\t') {
		l.at++
	}
	return l.at+1 < len(text) && text[l.at] == '/' && text[l.at+1] == '/'
}
