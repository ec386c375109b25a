package audit

import "strings"

// A query goes through the parameters of a request URI as the API server
// reads them: a pair with a semicolon or a broken escape is none.
type query struct{ rest string }

// queryOf returns the parameters of a URI.
func queryOf(uri string) query {
	_, q, _ := strings.Cut(uri, "?")
	return query{q}
}

// next returns the next parameter, its name and value still escaped; ok is
// false at the end.
func (q *query) next() (name, value string, ok bool) {
	for q.rest != "" {
		var pair string
		pair, q.rest, _ = strings.Cut(q.rest, "&")
		if pair == "" || strings.IndexByte(pair, ';') >= 0 || !validEscapes(pair) {
			continue
		}
		name, value, _ = strings.Cut(pair, "=")
		return name, value, true
	}
	return "", "", false
}

// validEscapes reports whether every % has two hexadecimal digits.
func validEscapes(s string) bool {
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			return true
		}
		if i+2 >= len(s) || unhex(s[i+1]) < 0 || unhex(s[i+2]) < 0 {
			return false
		}
		s = s[i+3:]
	}
}

// unescapeQuery returns the text of an escaped name or value whose escapes
// are valid; text that has none is returned as it is, other text is made in a.
func unescapeQuery(a *Arena, s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	return alias(a.keep(appendQueryText(a.grow(len(s)), s)))
}

// appendQueryText appends the text of a name or value whose escapes are valid.
func appendQueryText(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '%':
			dst = append(dst, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		case '+':
			dst = append(dst, ' ')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// unhex returns the value of a hexadecimal digit, -1 for another byte.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// isTrue reads a boolean parameter as the API server does
// (k8s.io/apimachinery, conversion of []string to bool): everything but "0"
// and "false" is true, be it empty.
func isTrue(value string) bool {
	return value != "0" && !strings.EqualFold(value, "false")
}
