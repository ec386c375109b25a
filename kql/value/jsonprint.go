package value

import "math"

// String returns n as JSON.
func (n *Node) String() string { return string(n.AppendJSON(nil)) }

// AppendJSON appends n as JSON without spaces: dates, timespans, decimals and
// numbers that JSON has not are strings, reals keep a decimal point.
func (n *Node) AppendJSON(dst []byte) []byte {
	if n == nil {
		return append(dst, "null"...)
	}
	switch n.Kind {
	case NodeArray:
		dst = append(dst, '[')
		for i, item := range n.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.AppendJSON(dst)
		}
		return append(dst, ']')
	case NodeBag:
		dst = append(dst, '{')
		for i, item := range n.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendQuoted(dst, n.Keys[i])
			dst = append(dst, ':')
			dst = item.AppendJSON(dst)
		}
		return append(dst, '}')
	}
	v := n.Scalar
	switch v.Type {
	case TypeString:
		return AppendQuoted(dst, v.Text)
	case TypeReal:
		if !math.IsNaN(v.Float) && !math.IsInf(v.Float, 0) {
			return AppendReal(dst, v.Float)
		}
	case TypeBool, TypeInt, TypeLong:
		return v.AppendText(dst)
	}
	dst = append(dst, '"')
	dst = v.AppendText(dst)
	return append(dst, '"')
}

// AppendQuoted appends s as a JSON string.
func AppendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}
