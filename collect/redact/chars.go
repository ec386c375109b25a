package redact

func isDigit(c byte) bool { return c-'0' <= 9 }

func isHex(c byte) bool { return isDigit(c) || c-'a' <= 5 || c-'A' <= 5 }

func isUpper(c byte) bool { return c-'A' < 26 }

func isLower(c byte) bool { return c-'a' < 26 }

func isAlpha(c byte) bool { return isUpper(c) || isLower(c) }

func isAlnum(c byte) bool { return isDigit(c) || isUpper(c) || isLower(c) }

// isWord reports whether c can be part of a credential that is told by its
// prefix, so that the prefix begins inside something else.
func isWord(c byte) bool { return isAlnum(c) || c == '_' || c == '-' }

// isBase64 reports whether c is a digit of base64 in either alphabet.
func isBase64(c byte) bool { return isAlnum(c) || c == '+' || c == '/' || c == '-' || c == '_' }

// isBase64URL reports whether c is a digit of base64url.
func isBase64URL(c byte) bool { return isAlnum(c) || c == '-' || c == '_' }

// isIdentifier reports whether c can be part of a name: of a setting, a flag,
// an environment variable; or of a letter outside of ASCII.
func isIdentifier(c byte) bool {
	return isAlnum(c) || c == '_' || c == '-' || c == '.' || c == '/' || c >= 0x80
}

// lastName returns the name that a text ends in. What stands before it, in
// "my password" or "x~1token", is not part of it.
func lastName(text []byte) []byte {
	i := len(text)
	for i > 0 && len(text)-i < maxName && isIdentifier(text[i-1]) {
		i--
	}
	return trimName(text[i:])
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isSpace(c byte) bool { return isBlank(c) || c == '\n' || c == '\r' }

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// run returns the offset after the bytes from i on of which is holds.
func run(s []byte, i int, is func(byte) bool) int {
	for i < len(s) && is(s[i]) {
		i++
	}
	return i
}
