package redact

import "bytes"

// namedSecret returns the value after a name that announces a secret: of a
// setting (name=value, "name": "value", name: value at the start of a line) or
// of a command line flag (--name value).
func namedSecret(text []byte, base int) (span, bool) {
	start, end := nameAround(text, base)
	name := text[start:end]
	class := classify(trimName(name))
	if class == plainName {
		return span{}, false
	}
	i, quoted := skipQuotes(text, end)
	blanks := run(text, i, isBlank)
	if blanks < len(text) && (text[blanks] == '=' || text[blanks] == ':') {
		if text[blanks] == ':' && !quoted && !beginsLine(text, start) || blanks > i && !quoted && !beginsLine(text, start) {
			return span{}, false
		}
		if text[blanks] == ':' && class == envName && (quoted || !beginsLine(text, start)) {
			return span{}, false
		}
		return settingValue(text, blanks+1, text[blanks] == ':' && !quoted)
	}
	if isFlag(name) && blanks > i {
		return flagValue(text, blanks)
	}
	return span{}, false
}

// beginsLine reports whether only blanks, dashes and quotes stand before i in
// its line.
func beginsLine(text []byte, i int) bool {
	for i > 0 {
		i--
		switch c := text[i]; {
		case c == '\n':
			return true
		case !isBlank(c) && c != '-' && !isQuote(c):
			return false
		}
	}
	return true
}

// settingValue returns the value of a setting that begins at i or after
// blanks: up to its closing quote, or a word. Where it is the rest of a line
// it must be one word: prose has more.
func settingValue(text []byte, i int, line bool) (span, bool) {
	i = run(text, i, isBlank)
	at, quoted := skipQuotes(text, i)
	if quoted {
		return quotedValue(text, at, text[at-1])
	}
	end := at + valueEnd(text[at:])
	if !isValue(text[at:end]) {
		return span{}, false
	}
	if line {
		rest := run(text, end, isBlank)
		if rest < len(text) && text[rest] != '\n' && text[rest] != '\r' && text[rest] != '#' {
			return span{}, false
		}
	}
	return span{at, end}, true
}

// quotedValue returns what begins at i, after a quote, and ends before the
// next such quote with no more backslashes before it.
func quotedValue(text []byte, i int, quote byte) (span, bool) {
	escapes := backslashes(text, i-1)
	for end := i; ; end++ {
		n := bytes.IndexByte(text[end:], quote)
		if n < 0 {
			return span{i, len(text)}, isValue(text[i:])
		}
		end += n
		if b := min(backslashes(text, end), end-i); b <= escapes {
			return span{i, end - b}, isValue(text[i : end-b])
		}
	}
}

// backslashes counts those right before i.
func backslashes(text []byte, i int) int {
	n := 0
	for i-n > 0 && text[i-n-1] == '\\' {
		n++
	}
	return n
}

// flagValue returns the word after a flag, which may be quoted. Another flag
// is none.
func flagValue(text []byte, i int) (span, bool) {
	at, quoted := skipQuotes(text, i)
	if quoted {
		return quotedValue(text, at, text[at-1])
	}
	end := run(text, at, func(c byte) bool { return !isSpace(c) && !isQuote(c) && c != ';' && c != '|' && c != '&' && c != ')' })
	return span{at, end}, isValue(text[at:end]) && text[at] != '-'
}

// valueEnd returns the length of a value without quotes.
func valueEnd(text []byte) int {
	if n := bytes.IndexAny(text, " \t\r\n,;&\"'`<>)]}|\\"); n >= 0 {
		return n
	}
	return len(text)
}

// isValue reports whether a word in text can be a secret: not empty, no
// literal, and no reference to where the secret is, such as $NAME.
func isValue(word []byte) bool {
	if len(word) == 0 || isLiteral(word) || isMarker(word) {
		return false
	}
	return word[0] != '$' && word[0] != '<' && word[0] != '{' && !bytes.HasPrefix(word, []byte("%("))
}

// isReference reports whether a whole value says where the secret is: $(NAME),
// ${NAME}, {{ template }}.
func isReference(value []byte) bool {
	for _, r := range [...][2]string{{"$(", ")"}, {"${", "}"}, {"{{", "}}"}} {
		if bytes.HasPrefix(value, []byte(r[0])) && bytes.HasSuffix(value, []byte(r[1])) {
			return true
		}
	}
	return false
}
