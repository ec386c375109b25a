package redact

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"
)

const (
	markerPrefix = "redacted:"
	markerDigits = 16
)

// NewKey returns a key for an installation that has none yet: 32 random bytes.
func NewKey() []byte {
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails, by its contract
	return key
}

// markers makes replacement texts under one key.
type markers struct {
	mac hash.Hash
	sum [sha256.Size]byte
}

func newMarkers(key []byte) *markers { return &markers{mac: hmac.New(sha256.New, key)} }

// append appends the text that stands for a value.
func (m *markers) append(dst, value []byte) []byte {
	m.mac.Reset()
	m.mac.Write(value)
	sum := m.mac.Sum(m.sum[:0])
	dst = append(dst, markerPrefix...)
	dst = hex.AppendEncode(dst, sum[:markerDigits/2])
	dst = append(dst, ':')
	return strconv.AppendInt(dst, int64(len(value)), 10)
}

// markerLength returns the length of the replacement text that s begins with,
// 0 where it begins with something else.
func markerLength[T []byte | string](s T) int {
	if len(s) < len(markerPrefix) || string(s[:len(markerPrefix)]) != markerPrefix {
		return 0
	}
	i := len(markerPrefix)
	for n := 0; n < markerDigits; n++ {
		if i >= len(s) || !isHex(s[i]) {
			return 0
		}
		i++
	}
	if i >= len(s) || s[i] != ':' {
		return 0
	}
	digits := i + 1
	for i++; i < len(s) && isDigit(s[i]); i++ {
	}
	if i == digits {
		return 0
	}
	return i
}

// isMarker reports whether s is a replacement text and nothing else.
func isMarker(s []byte) bool { return len(s) > 0 && markerLength(s) == len(s) }

// longestMarker is longer than any replacement text.
const longestMarker = len(markerPrefix) + markerDigits + 1 + 20

// inMarker reports whether a part of a text belongs to a replacement text.
func inMarker(text []byte, s span) bool {
	from := max(0, s.start-longestMarker)
	for at := from; at <= s.start; at++ {
		n := bytes.Index(text[at:min(len(text), s.start+len(markerPrefix))], []byte(markerPrefix))
		if n < 0 {
			return false
		}
		at += n
		if at+markerLength(text[at:]) >= s.end {
			return true
		}
	}
	return false
}

// AppendStable appends text without the digits of the replacement texts in
// it, which depend on the key. What is left is the same for every
// installation, as identities have to be.
func AppendStable(dst []byte, text string) []byte {
	for {
		i := strings.Index(text, markerPrefix)
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:i+len(markerPrefix)]...)
		text = text[i:]
		if n := markerLength(text); n > 0 {
			text = text[n:]
		} else {
			text = text[len(markerPrefix):]
		}
	}
}
