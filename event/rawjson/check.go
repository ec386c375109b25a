package rawjson

// check reads the value at i strictly. It returns the offset after it; where
// the value is broken the offset of the fault and what is wrong. The fault of
// a value that could be whole if more bytes followed is at len(doc).
func check(doc []byte, i, maxDepth int) (end int, msg string) {
	var objects [HighestMaxDepth / 64]uint64 // which of the open containers are
	depth := 0
	for {
		if i = space(doc, i); i >= len(doc) {
			return len(doc), msgEnd
		}
		switch c := doc[i]; c {
		case '{', '[':
			if depth == maxDepth {
				return i, msgDepth
			}
			bit := uint64(1) << (depth & 63)
			objects[depth>>6] &^= bit
			if c == '{' {
				objects[depth>>6] |= bit
			}
			depth++
			i = space(doc, i+1)
			if i < len(doc) && doc[i] == c+2 { // the bracket that closes c
				depth--
				i++
				break
			}
			if c == '{' {
				if i, msg = checkName(doc, i); msg != "" {
					return i, msg
				}
			}
			continue
		case '"':
			i, _, msg = checkString(doc, i)
		default:
			i, _, msg = checkScalar(doc, i)
		}
		if msg != "" {
			return i, msg
		}
		for {
			if depth == 0 {
				return i, ""
			}
			if i = space(doc, i); i >= len(doc) {
				return len(doc), msgEnd
			}
			object := objects[(depth-1)>>6]>>((depth-1)&63)&1 != 0
			if c := doc[i]; c == ',' {
				i++
				if object {
					if i, msg = checkName(doc, space(doc, i)); msg != "" {
						return i, msg
					}
				}
				break
			} else if object && c != '}' {
				return i, msgMember
			} else if !object && c != ']' {
				return i, msgElement
			}
			depth--
			i++
		}
	}
}

// checkName reads a member's name and colon.
func checkName(doc []byte, i int) (end int, msg string) {
	if i >= len(doc) {
		return len(doc), msgEnd
	}
	if doc[i] != '"' {
		return i, msgName
	}
	if i, _, msg = checkString(doc, i); msg != "" {
		return i, msg
	}
	if i = space(doc, i); i >= len(doc) {
		return len(doc), msgEnd
	}
	if doc[i] != ':' {
		return i, msgColon
	}
	return i + 1, ""
}
