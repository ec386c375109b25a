package rawjson

import "unicode/utf8"

// AppendQuoted appends text as a JSON string. Bytes that are not UTF-8 become
// U+FFFD. Characters that matter only inside HTML are left as they are.
func AppendQuoted[T []byte | string](dst []byte, text T) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
			if c >= ' ' && c != '"' && c != '\\' {
				continue
			}
			dst = append(dst, text[start:i-1]...)
			start = i
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
		i += size
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, text[start:i-1]...)
			dst = append(dst, "\ufffd"...)
			start = i
		}
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}
