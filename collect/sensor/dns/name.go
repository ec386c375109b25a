package dns

import "fmt"

// A name has at most 255 bytes (RFC 1035, section 2.3.4), so at most 127 labels; pointers lead on, always to before
// where they stand, so that none leads round.
const (
	maxNameBytes = 255
	pointerMask  = 0xc0
)

// readName reads the name at a place and returns what stands behind it.
func readName(b []byte, at int) (name string, next int, err error) {
	var text []byte
	used := 0
	for here := at; ; {
		if here >= len(b) {
			return "", 0, fmt.Errorf("%w: a name ends early", ErrMalformed)
		}
		n := int(b[here])
		switch {
		case n == 0:
			if next == 0 {
				next = here + 1
			}
			if len(text) == 0 {
				return ".", next, nil
			}
			return string(text), next, nil
		case n&pointerMask == pointerMask:
			if here+1 >= len(b) {
				return "", 0, fmt.Errorf("%w: a name ends early", ErrMalformed)
			}
			to := n&^pointerMask<<8 | int(b[here+1])
			if to >= here {
				return "", 0, fmt.Errorf("%w: a name points to what does not stand before it", ErrMalformed)
			}
			if next == 0 {
				next = here + 2
			}
			here = to
			// Each pointer counts, so that a chain of them ends.
			used += 2
		case n&pointerMask != 0:
			return "", 0, fmt.Errorf("%w: a label of unknown kind", ErrMalformed)
		default:
			if here+1+n > len(b) {
				return "", 0, fmt.Errorf("%w: a label ends early", ErrMalformed)
			}
			if len(text) > 0 {
				text = append(text, '.')
			}
			text = appendLabel(text, b[here+1:here+1+n])
			used += n + 1
			here += n + 1
		}
		if used > maxNameBytes {
			return "", 0, fmt.Errorf("%w: a name of more than %d bytes", ErrMalformed, maxNameBytes)
		}
	}
}

// skipName returns what stands behind the name at a place.
func skipName(b []byte, at int) (next int, err error) {
	for at < len(b) {
		n := int(b[at])
		switch {
		case n == 0:
			return at + 1, nil
		case n&pointerMask == pointerMask:
			return at + 2, nil
		case n&pointerMask != 0:
			return 0, fmt.Errorf("%w: a label of unknown kind", ErrMalformed)
		}
		at += n + 1
	}
	return 0, fmt.Errorf("%w: a name ends early", ErrMalformed)
}

// appendLabel appends a label, with what could be taken for something else escaped.
func appendLabel(dst, label []byte) []byte {
	for _, c := range label {
		switch {
		case c == '.' || c == '\\':
			dst = append(dst, '\\', c)
		case c <= ' ' || c >= 0x7f:
			dst = append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
