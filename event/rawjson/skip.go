package rawjson

// skip passes over the value at doc[i]. It asks only that strings end and
// brackets balance. It returns the offset after the value; where the value
// is broken the offset of the fault and what is wrong. depth is how many
// containers the value is inside of.
func skip(doc []byte, i, depth, maxDepth int) (end int, msg string) {
	if i >= len(doc) {
		return len(doc), msgEnd
	}
	switch c := doc[i]; c {
	case '"':
		end, _ := stringEnd(doc, i+1)
		if end < 0 {
			return len(doc), msgString
		}
		return end, ""
	case '{', '[':
		return skipContainer(doc, i, depth, maxDepth)
	default:
		return skipScalar(doc, i)
	}
}

// skipScalar passes over what looks like a number or literal.
func skipScalar(doc []byte, i int) (end int, msg string) {
	if c := doc[i]; c != '-' && (c < '0' || c > '9') && c != 't' && c != 'f' && c != 'n' {
		return i, msgValue
	}
	for i < len(doc) && !isEnd(doc[i]) {
		i++
	}
	return i, ""
}

// skipContainer passes over the object or array that opens at doc[i].
func skipContainer(doc []byte, i, depth, maxDepth int) (end int, msg string) {
	outer := depth
	for i < len(doc) {
		switch doc[i] {
		case '"':
			end, _ := stringEnd(doc, i+1)
			if end < 0 {
				return len(doc), msgString
			}
			i = end
			continue
		case '{', '[':
			if depth++; depth > maxDepth {
				return i, msgDepth
			}
		case '}', ']':
			if depth--; depth == outer {
				return i + 1, ""
			}
		}
		i++
	}
	return len(doc), msgEnd
}
