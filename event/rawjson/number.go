package rawjson

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
