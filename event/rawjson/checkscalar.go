package rawjson

// checkScalar reads the number or literal at i.
func checkScalar(doc []byte, i int) (end int, kind Kind, msg string) {
	if kind, n := literal(doc, i); n > 0 {
		return i + n, kind, ""
	}
	if c := doc[i]; c == '-' || '0' <= c && c <= '9' {
		end, ok := numberEnd(doc, i)
		if !ok {
			return end, 0, msgNumber
		}
		return end, Number, ""
	}
	if rest := string(doc[i:min(len(doc), i+5)]); len(doc)-i < 5 && isLiteralStart(rest) {
		return len(doc), 0, msgEnd
	}
	return i, 0, msgValue
}

// isLiteralStart reports whether s can be the start of a literal.
func isLiteralStart(s string) bool {
	for _, l := range []string{"true", "false", "null"} {
		if len(s) < len(l) && l[:len(s)] == s {
			return true
		}
	}
	return false
}

// literal returns the kind and length of the literal at doc[i], or 0.
func literal(doc []byte, i int) (Kind, int) {
	switch rest := doc[i:]; {
	case len(rest) >= 4 && string(rest[:4]) == "true":
		return Bool, 4
	case len(rest) >= 5 && string(rest[:5]) == "false":
		return Bool, 5
	case len(rest) >= 4 && string(rest[:4]) == "null":
		return Null, 4
	}
	return 0, 0
}

// numberEnd returns the offset after the number at doc[i], or the offset of
// the byte that keeps it from being one.
func numberEnd(doc []byte, i int) (end int, ok bool) {
	if i < len(doc) && doc[i] == '-' {
		i++
	}
	if i < len(doc) && doc[i] == '0' {
		i++
	} else if i, ok = digits(doc, i); !ok {
		return i, false
	}
	if i < len(doc) && doc[i] == '.' {
		if i, ok = digits(doc, i+1); !ok {
			return i, false
		}
	}
	if i < len(doc) && doc[i]|0x20 == 'e' {
		i++
		if i < len(doc) && (doc[i] == '+' || doc[i] == '-') {
			i++
		}
		if i, ok = digits(doc, i); !ok {
			return i, false
		}
	}
	return i, true
}

// digits passes over digits, of which there must be one.
func digits(doc []byte, i int) (end int, ok bool) {
	start := i
	for i < len(doc) && '0' <= doc[i] && doc[i] <= '9' {
		i++
	}
	return i, i > start
}
