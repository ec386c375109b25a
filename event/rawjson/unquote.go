package rawjson

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendUnquoted appends the text of a JSON string, given with its quotes. It
// returns false, and dst as it was, where a quote is missing or an escape is
// malformed. Other bytes are kept whatever they are; an escaped lone surrogate
// becomes U+FFFD.
func AppendUnquoted(dst, literal []byte) ([]byte, bool) {
	last := len(literal) - 1
	if last < 1 || literal[0] != '"' || literal[last] != '"' {
		return dst, false
	}
	out, bad := appendUnescaped(dst, literal[1:last])
	if bad >= 0 {
		return dst, false
	}
	return out, true
}

// appendUnescaped appends the text between the quotes of a string. bad is the
// offset of the first malformed escape, or -1.
func appendUnescaped(dst, s []byte) (out []byte, bad int) {
	for i := 0; ; {
		n := bytes.IndexByte(s[i:], '\\')
		if n < 0 {
			return append(dst, s[i:]...), -1
		}
		dst = append(dst, s[i:i+n]...)
		i += n
		if i+1 >= len(s) {
			return dst, i
		}
		if s[i+1] != 'u' {
			c := unescaped(s[i+1])
			if c == 0 {
				return dst, i
			}
			dst = append(dst, c)
			i += 2
			continue
		}
		r, size := unescapeUnicode(s[i:])
		if size == 0 {
			return dst, i
		}
		dst = utf8.AppendRune(dst, r)
		i += size
	}
}

// unescaped gives the byte that a backslash and c stand for, 0 for none.
func unescaped(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

// unescapeUnicode reads \uXXXX, or two of them that are a surrogate pair, at
// the start of s. size is 0 where the digits are malformed.
func unescapeUnicode(s []byte) (r rune, size int) {
	r, ok := hex4(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if low, ok := hex4(s[6:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

// hex4 reads \uXXXX at the start of s.
func hex4(s []byte) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for _, c := range s[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
