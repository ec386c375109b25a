package redact

import "bytes"

// suspiciousName looks whether the sign at base is in a name that announces a
// secret, and whether its value can follow: after a colon or an equals sign,
// as the next word of a command, or as the value beside the name of an
// environment variable.
func suspiciousName(doc []byte, base int) bool {
	end := run(doc[:min(len(doc), base+maxName)], base, isIdentifier)
	i, quoted := skipQuotes(doc, end)
	i = run(doc, i, isSpace)
	if i >= len(doc) {
		return false
	}
	class := plainName // it is enough to know it where the rest fits
	name := func() []byte {
		start, _ := nameAround(doc, base)
		class = classify(trimName(doc[start:end]))
		return doc[start:end]
	}
	switch {
	case doc[i] == ':' || doc[i] == '=':
		if !suspiciousValue(doc, i+1) {
			return false
		}
		n := name()
		return class == secretName || class == envName && (doc[i] == '=' || !quoted || isFlag(n))
	case bytes.HasPrefix(doc[i:], []byte("%3")):
		name()
		return class != plainName
	}
	n := name()
	if class == plainName {
		return false
	}
	return isFlag(n) || quoted && namesValue(doc, doc[:end-len(n)]) && hasMember(doc, `"value`)
}

// nameAround returns the name around a sign. A byte after a backslash is the
// end of an escape and not part of it.
func nameAround(doc []byte, base int) (start, end int) {
	start = base
	for start > 0 && base-start < maxName && isIdentifier(doc[start-1]) && (start < 2 || doc[start-2] != '\\') {
		start--
	}
	return start, run(doc[:min(len(doc), base+maxName)], base, isIdentifier)
}

// trimName removes what can stand before a name without being part of it:
// dashes of a flag and a path.
func trimName(name []byte) []byte { return bytes.TrimLeft(name, "-./") }

// isFlag reports whether a name is that of a command line flag.
func isFlag(name []byte) bool { return len(name) > 1 && name[0] == '-' }

// skipQuotes passes over quotes with backslashes before them.
func skipQuotes(doc []byte, i int) (end int, quoted bool) {
	for i < len(doc) && (doc[i] == '\\' || isQuote(doc[i])) {
		quoted = quoted || isQuote(doc[i])
		i++
	}
	return i, quoted
}

// suspiciousValue reports whether a text or number follows at i, perhaps in
// lists, and not an object, a literal or nothing.
func suspiciousValue(doc []byte, i int) bool {
	i = run(doc, i, func(c byte) bool { return isSpace(c) || c == '[' })
	j, quoted := skipQuotes(doc, i)
	if quoted && j-i >= 2 && doc[j-1] == '"' && doc[j-2] == '"' && (j >= len(doc) || doc[j] != ',') {
		return false // ""
	}
	if j >= len(doc) {
		return false
	}
	if quoted {
		return true
	}
	switch doc[j] {
	case '{', ',', '}', ']':
		return false
	}
	return !isLiteral(doc[j:run(doc, j, isAlnum)])
}

// isLiteral reports whether a word is a value that is no secret.
func isLiteral(word []byte) bool {
	switch string(word) {
	case "true", "false", "null", "none", "nil", "yes", "no", "True", "False", "None":
		return true
	}
	return false
}

// namesValue reports whether what follows before in a document is in the
// value of a member called name, or of the path in an operation of a JSON Patch.
func namesValue(doc, before []byte) bool {
	open := bytes.LastIndexByte(before, '"')
	if open < 0 || len(before)-open > lookAround {
		return false
	}
	before = bytes.TrimRight(before[:open], `\`)
	before, ok := bytes.CutSuffix(bytes.TrimRight(before, " "), []byte(":"))
	if !ok {
		return false
	}
	before = bytes.TrimRight(before, ` \"`)
	return bytes.HasSuffix(before, []byte("name")) || bytes.HasSuffix(before, []byte("path")) && hasMember(doc, `"op`)
}

// hasMember reports whether a document has a member of a name, which is given
// with its first quote.
func hasMember(doc []byte, name string) bool {
	for {
		i := bytes.Index(doc, []byte(name))
		if i < 0 {
			return false
		}
		if doc = doc[i+len(name):]; len(doc) > 0 && (doc[0] == '"' || doc[0] == '\\') {
			return true
		}
	}
}
