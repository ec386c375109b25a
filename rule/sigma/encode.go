package sigma

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

var errWildcard = errors.New("a value with wildcards has no encoding")

// utf16Encoder returns what changes a value's literals to UTF-16 in the given
// byte order, with mark before the whole. Wildcards stay.
func utf16Encoder(order binary.AppendByteOrder, mark string) func(pattern) ([]pattern, error) {
	return func(p pattern) ([]pattern, error) {
		out := pattern{}.add(piece{text: mark})
		for _, x := range p {
			if x.kind == literal {
				var b []byte
				for _, u := range utf16.Encode([]rune(x.text)) {
					b = order.AppendUint16(b, u)
				}
				x.text = string(b)
			}
			out = out.add(x)
		}
		return []pattern{out}, nil
	}
}

// toBase64 encodes the whole value.
func toBase64(p pattern) ([]pattern, error) {
	text, ok := p.plain()
	if !ok {
		return nil, errWildcard
	}
	return []pattern{pattern{}.add(piece{text: base64.StdEncoding.EncodeToString([]byte(text))})}, nil
}

// toBase64Offset returns the three texts of which one appears in the Base64
// form of any text that contains the value: it may begin at the first, second
// or third byte of a group of three. Characters that depend on neighbours are
// left out: of the four that stand for a group, those before the value's first
// whole six bits and after its last.
func toBase64Offset(p pattern) ([]pattern, error) {
	text, ok := p.plain()
	if !ok {
		return nil, errWildcard
	}
	if len(text) < 2 {
		return nil, errors.New("a value of fewer than two bytes has no sure trace in Base64")
	}
	out := make([]pattern, 3)
	for shift := range 3 {
		enc := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), text...))
		first := (shift*8 + 5) / 6
		last := (shift + len(text)) * 8 / 6
		out[shift] = pattern{}.add(piece{text: enc[first:last]})
	}
	return out, nil
}
