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
		name()
		return class == secretName || class == envName && (doc[i] == '=' || !quoted)
	case bytes.HasPrefix(doc[i:], []byte("%3")):
		name()
		return class != plainName
	}
	n := name()
	if class == plainName {
		return false
	}
	return isFlag(n) || quoted && namesVariable(doc[:end-len(n)]) && hasValues(doc)
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

// suspiciousValue reports whether a text or number follows at i, and not an
// object, a list, a literal or nothing.
func suspiciousValue(doc []byte, i int) bool {
	i = run(doc, i, isSpace)
	j, quoted := skipQuotes(doc, i)
	if quoted && j-i >= 2 && doc[j-1] == '"' && doc[j-2] == '"' {
		return false // ""
	}
	if j >= len(doc) {
		return false
	}
	if quoted {
		return true
	}
	switch doc[j] {
	case '{', '[', ',', '}', ']':
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

// namesVariable reports whether what follows before is the value of a member
// called name.
func namesVariable(before []byte) bool {
	before = bytes.TrimRight(before, "\\\"")
	before = bytes.TrimRight(before, " ")
	before, ok := bytes.CutSuffix(before, []byte(":"))
	if !ok {
		return false
	}
	before = bytes.TrimRight(before, " \\\"")
	return bytes.HasSuffix(before, []byte("name")) || bytes.HasSuffix(before, []byte("Name"))
}

// hasValues reports whether a document has a member called value.
func hasValues(doc []byte) bool {
	for {
		i := bytes.Index(doc, []byte(`"value`))
		if i < 0 {
			return false
		}
		if doc = doc[i+6:]; len(doc) > 0 && (doc[0] == '"' || doc[0] == '\\') {
			return true
		}
	}
}
