package redact

import (
	"bytes"
	"encoding/binary"
)

// How long what follows a sign must be to count as a secret.
const (
	minJWTHeader = 10 // {"alg":"x"} takes 16
	minJWT64     = 40
	minSignature = 20 // an HMAC-SHA256 in base64 takes 44
	minBearer    = 16 // shorter words follow "bearer" in prose
	minBearerMix = 8  // unless they have digits
	minAzure     = 31
	maxLabel     = 35 // "ENCRYPTED PRIVATE KEY" and dashes take 26
)

// A span is a part of a text.
type span struct{ start, end int }

// find returns the first secret in text that begins at from or later, for
// what is written after names only where named says so. ok is false when
// there is none.
func (t *signTable) find(text []byte, from int, named bool) (s span, ok bool) {
	for i := from; i+4 <= len(text); i++ {
		four := binary.LittleEndian.Uint32(text[i:])
		for _, c := range t.candidates[t.list[uint16(four)]] {
			if c.offset != 0 || four&c.sign.mask != c.sign.bytes || c.sign.kind == signName && !named {
				continue
			}
			if s, ok := c.sign.secret(text, i); ok && s.start >= from && s.end > s.start && !inMarker(text, s) {
				return s, true
			}
		}
	}
	return span{}, false
}

// secret returns the secret that the sign at base belongs to.
func (s sign) secret(text []byte, base int) (span, bool) {
	switch s.kind {
	case signName:
		return namedSecret(text, base+int(s.skip))
	case signPrefix:
		return prefixed(text, base, prefixes[s.prefix])
	case signJWT:
		return jwt(text, base)
	case signJWTBody:
		start := base
		for start > 0 && isBase64URL(text[start-1]) {
			start--
		}
		return jwt(text, start)
	case signJWT64:
		end := run(text, base, isBase64)
		end = run(text, end, isPadding)
		return span{base, end}, end-base >= minJWT64
	case signPEM:
		return pem(text, base)
	case signPEM64:
		end := run(text, base, isBase64)
		return span{base, run(text, end, isPadding)}, hasPrivateKey64(text[base:])
	case signBearer:
		return bearer(text, base)
	case signHeader:
		return header(text, base)
	case signURL:
		return userinfo(text, base)
	case signWebhook:
		const path = "ck.com/services/"
		start := base + len(path)
		return span{start, run(text, start, isIdentifier)}, bytes.HasPrefix(text[base:], []byte(path))
	case signAzure:
		return azureSecret(text, base)
	case signSAS:
		end := run(text, base+3, isSignature)
		param := base > 1 && text[base-1] == 's' && (text[base-2] == '?' || text[base-2] == '&')
		return span{base + 3, end}, param && end-base-3 >= minSignature
	}
	return span{}, false
}

// prefixed returns a credential that begins with a prefix.
func prefixed(text []byte, base int, p prefix) (span, bool) {
	start := base - p.sign
	if start < 0 || !bytes.HasPrefix(text[start:], []byte(p.text)) || start > 0 && isWord(text[start-1]) {
		return span{}, false
	}
	tail := start + len(p.text)
	end := run(text, tail, p.tail)
	return span{start, end}, end-tail >= p.min
}

// jwt returns the JSON Web Token or Encryption that begins at start (RFC 7519,
// RFC 7516): parts of base64url with dots between them. The payload may be
// left out, and so may be the signature of one that was cut off.
func jwt(text []byte, start int) (span, bool) {
	if !bytes.HasPrefix(text[start:], []byte("eyJ")) {
		return span{}, false
	}
	end := run(text, start, isBase64URL)
	if end-start < minJWTHeader {
		return span{}, false
	}
	parts := 1
	for parts < 5 && end < len(text) && text[end] == '.' {
		end = run(text, end+1, isBase64URL)
		parts++
	}
	return span{start, end}, parts >= 2
}

// pem returns a private key in PEM (RFC 7468), up to the end of the text where
// it is cut off. Line breaks may be written as escapes.
func pem(text []byte, base int) (span, bool) {
	const begin, dashes = "-----BEGIN ", "-----"
	start := base - len(dashes) + 1
	if start < 0 || !bytes.HasPrefix(text[start:], []byte(begin)) {
		return span{}, false
	}
	label := text[start+len(begin):]
	label = label[:min(len(label), maxLabel)]
	n := bytes.Index(label, []byte(dashes))
	if n < 0 || !bytes.HasSuffix(label[:n], []byte("PRIVATE KEY")) && !bytes.HasSuffix(label[:n], []byte("PRIVATE KEY BLOCK")) {
		return span{}, false
	}
	end := bytes.Index(text[start:], append([]byte("-----END "), label[:n]...))
	if end < 0 {
		return span{start, len(text)}, true
	}
	end += start + len("-----END ") + n
	return span{start, run(text, end, func(c byte) bool { return c == '-' })}, true
}

// bearer returns what follows Bearer in any case.
func bearer(text []byte, base int) (span, bool) {
	if base > 0 && isAlnum(text[base-1]) || !suspiciousBearer(text[base+4:]) {
		return span{}, false
	}
	start := run(text, base+6, isBlank)
	end := run(text, start, isCredential)
	value := text[start:end]
	return span{start, end}, len(value) >= minBearer || len(value) >= minBearerMix && bytes.ContainsAny(value, "0123456789")
}

// header returns what follows the name of the Authorization header, in a
// header line, a curl option or the text of a JSON object. The scheme is left.
func header(text []byte, base int) (span, bool) {
	const before = "autho"
	start := base - len(before)
	end := run(text, base, isAlnum)
	if start < 0 || !bytes.EqualFold(text[start:end], []byte("authorization")) {
		return span{}, false
	}
	i, _ := skipQuotes(text, end)
	i = run(text, i, isBlank)
	if i >= len(text) || text[i] != ':' && text[i] != '=' {
		return span{}, false
	}
	i = run(text, i+1, isBlank)
	i, _ = skipQuotes(text, i)
	i = run(text, i, isBlank)
	word := run(text, i, isWord)
	if next := run(text, word, isBlank); next > word && next < len(text) && isCredential(text[next]) {
		i = next // past the scheme
	}
	if i < len(text) && text[i] == '$' {
		return span{}, false
	}
	return span{i, run(text, i, isCredential)}, true
}

// userinfo returns the password in a URL, or what stands alone before the @.
func userinfo(text []byte, base int) (span, bool) {
	start := base + 4
	if text[base+2] == '\\' { // slashes with backslashes before them
		if !bytes.HasPrefix(text[base+3:], []byte(`/\/`)) {
			return span{}, false
		}
		start = base + 6
	}
	end := bytes.IndexAny(text[start:], "/?#\"'`<> \t\r\n\\")
	if end < 0 {
		end = len(text) - start
	}
	at := bytes.LastIndexByte(text[start:start+end], '@')
	if at <= 0 {
		return span{}, false
	}
	if colon := bytes.IndexByte(text[start:start+at], ':'); colon >= 0 {
		start, at = start+colon+1, at-colon-1
	}
	if at > 0 && text[start] == '$' {
		return span{}, false
	}
	return span{start, start + at}, at > 0
}

// azureSecret returns a client secret of Azure: three bytes, a digit, Q~ and
// some thirty more.
func azureSecret(text []byte, base int) (span, bool) {
	start := base - 3
	if start < 0 || !isDigit(text[base]) || start > 0 && isAzure(text[start-1]) {
		return span{}, false
	}
	end := run(text, base+3, isAzure)
	return span{start, end}, run(text, start, isAzure) == end && end-base-3 >= minAzure
}

func isPadding(c byte) bool { return c == '=' }

func isAzure(c byte) bool { return isTokenByte(c) || c == '~' }

// isSignature reports whether c can be part of base64 with the escapes of URLs.
func isSignature(c byte) bool { return isBase64(c) || c == '%' || c == '=' }

// isCredential reports whether c can be part of the credentials in a header
// (RFC 7235, token68, and what servers take beyond it).
func isCredential(c byte) bool {
	return isTokenByte(c) || c == '~' || c == '+' || c == '/' || c == '=' || c == ':' || c == '|' || c == '!' || c == '@' || c == '%' || c == '.'
}
