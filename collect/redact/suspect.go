package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
)

// lookAround bounds how far from a sign is looked in a document that is only
// suspected: names and hosts are shorter.
const lookAround = 256

// The scan goes in steps of twelve bytes, four looks each. What may be part of
// a sign is noted without a branch, which the processor could not foretell,
// and looked at when a block is full.
const (
	step      = 12
	blockHits = 1024
)

// suspect reports whether a text may hold a secret, and whether one that does
// not is all ASCII.
func (t *signTable) suspect(doc []byte) (suspect, ascii bool) {
	var all uint64
	var hits [blockHits]uint16
	i := 0
	for i+step+4 <= len(doc) {
		block := doc[i:]
		last := min(len(block)-step-4, (blockHits/4-1)*step)
		at, n := 0, 0
		for ; at <= last; at += step {
			a := binary.LittleEndian.Uint64(block[at:])
			b := binary.LittleEndian.Uint64(block[at+6:])
			all |= a | b
			hits[n%blockHits] = uint16(at)
			n += int(t.begins[uint16(a)])
			hits[n%blockHits] = uint16(at + 3)
			n += int(t.begins[uint16(a>>24)])
			hits[n%blockHits] = uint16(at + 6)
			n += int(t.begins[uint16(b)])
			hits[n%blockHits] = uint16(at + 9)
			n += int(t.begins[uint16(b>>24)])
		}
		for _, hit := range hits[:n] {
			if h := i + int(hit); t.near(doc, h) && t.suspectAt(doc, h) {
				return true, false
			}
		}
		i += at
	}
	for ; i < len(doc); i++ {
		all |= uint64(doc[i])
		if i+2 <= len(doc) && t.suspectAt(doc, i) {
			return true, false
		}
	}
	return false, all&0x8080808080808080 == 0
}

// near reports whether the three bytes from i on, or those from the one
// before, can be part of a sign. It is seldom wrong.
func (t *signTable) near(doc []byte, i int) bool {
	if i == 0 || i+3 > len(doc) {
		return true
	}
	four := binary.LittleEndian.Uint32(doc[i-1:])
	return t.hasThree(four>>8) || t.hasThree(four&0xffffff)
}

// suspectAt looks closer at the two bytes at i.
func (t *signTable) suspectAt(doc []byte, i int) bool {
	two := binary.LittleEndian.Uint16(doc[i:])
	if t.begins[two] == 0 {
		return false
	}
	for _, c := range t.candidates[t.list[two]] {
		base := i - c.offset
		if base < 0 || base+4 > len(doc) || binary.LittleEndian.Uint32(doc[base:])&c.sign.mask != c.sign.bytes {
			continue
		}
		if c.sign.suspicious(doc, base) {
			return true
		}
	}
	return false
}

// suspicious reports whether the sign at base may belong to a secret. doc is
// JSON as it stands: a letter before the sign can be the end of an escape, and
// quotes may have any number of backslashes before them.
func (s sign) suspicious(doc []byte, base int) bool {
	switch s.kind {
	case signName:
		return suspiciousName(doc, base+int(s.skip))
	case signPrefix:
		return suspiciousPrefix(doc, base, prefixes[s.prefix])
	case signPEM:
		const label = len("-BEGIN RSA PRIVATE KEY")
		return bytes.Contains(doc[base:min(len(doc), base+2*label)], []byte("PRIVATE"))
	case signPEM64:
		return hasPrivateKey64(doc[base:])
	case signURL:
		return suspiciousURL(doc, base)
	case signWebhook:
		return bytes.HasPrefix(doc[base:], []byte("ck.com"))
	case signSAS:
		return run(doc, base+3, isSignature)-base-3 >= minSignature
	case signHeader:
		return suspiciousHeader(doc, base)
	case signBearer:
		return suspiciousBearer(doc[base+4:])
	case signProgram:
		return suspiciousProgram(doc[base:])
	case signObject:
		return suspiciousKind(doc, base)
	case signEscape:
		return suspiciousEscape(doc[base+4:])
	}
	return true
}

// suspiciousPrefix looks whether a credential follows its prefix. Access key
// IDs that the authenticator of EKS reports name a credential and are none.
func suspiciousPrefix(doc []byte, base int, p prefix) bool {
	start := base - p.sign
	if start < 0 || !bytes.HasPrefix(doc[start:], []byte(p.text)) {
		return false
	}
	end := start + len(p.text)
	if run(doc[:min(len(doc), end+p.min)], end, p.tail) < end+p.min {
		return false
	}
	return !bytes.HasSuffix(doc[:start], []byte(`accessKeyId":["`))
}

// suspiciousURL looks for an @ before the end of what may be an authority.
func suspiciousURL(doc []byte, base int) bool {
	for i := base + 4; i < len(doc) && i < base+lookAround; i++ {
		switch doc[i] {
		case '@':
			return true
		case '"', ' ', '?', '#':
			return false
		case '/':
			if doc[i-1] != '/' && doc[i-1] != '\\' {
				return false
			}
		}
	}
	return true
}

// suspiciousHeader looks for what follows the name of a header.
func suspiciousHeader(doc []byte, base int) bool {
	i := run(doc, base, isAlnum)
	i = run(doc, i, func(c byte) bool { return isQuote(c) || isBlank(c) || c == '\\' })
	return i < len(doc) && (doc[i] == ':' || doc[i] == '=')
}

// suspiciousBearer looks whether a credential can follow "Bear" with rest.
func suspiciousBearer(rest []byte) bool {
	return len(rest) > 3 && rest[0]|0x20 == 'e' && rest[1]|0x20 == 'r' && (isBlank(rest[2]) || rest[2] == '+' || rest[2] == '%')
}

// suspiciousKind looks whether the kind Secret or SecretList is spelled out,
// and the document has a member for its values.
func suspiciousKind(doc []byte, base int) bool {
	rest, ok := bytes.CutPrefix(doc[base:], []byte("Secret"))
	if !ok || base == 0 || doc[base-1] != '"' {
		return false
	}
	rest = bytes.TrimPrefix(rest, []byte("List"))
	if len(rest) > 0 && rest[0] != '"' && rest[0] != '\\' {
		return false
	}
	return bytes.Contains(doc, []byte(`"data`)) || bytes.Contains(doc, []byte(`"stringData`))
}

// suspiciousProgram looks for an option after the name of a program. Scripts
// are longer than names.
func suspiciousProgram(rest []byte) bool {
	const script = 4096
	rest = rest[:min(len(rest), script)]
	for {
		i := bytes.IndexByte(rest, '-')
		if i < 0 || i+1 >= len(rest) {
			return false
		}
		rest = rest[i+1:]
		switch rest[0] {
		case 'p', 'P', 'u', 'U', 'a', '-':
			return true
		}
	}
}

// suspiciousEscape looks at the two digits of an escape. Those that encoders
// write for the sake of HTML, and control characters, hide nothing.
func suspiciousEscape(digits []byte) bool {
	if len(digits) < 2 || digits[0] < '2' || digits[0] > '7' {
		return false
	}
	switch string(digits[:2]) {
	case "26", "3c", "3e", "3C", "3E", "7f", "7F":
		return false
	}
	return true
}

// hasPrivateKey64 reports whether base64 of a private key in PEM begins s.
func hasPrivateKey64(s []byte) bool {
	var text [48]byte
	s = s[:min(len(s), base64.StdEncoding.EncodedLen(len(text)))]
	n, _ := base64.StdEncoding.Decode(text[:], s[:len(s)&^3])
	return bytes.HasPrefix(text[:n], []byte("-----BEGIN ")) && bytes.Contains(text[:n], []byte("PRIVATE"))
}
