package rawjson

// space returns the offset of the first byte from i on that is not white space.
func space(doc []byte, i int) int {
	for i < len(doc) && doc[i] <= ' ' && isSpace(doc[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t'
}
