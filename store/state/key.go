package state

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxKey bounds a key, in bytes: it becomes a part of a subject.
const maxKey = 512

// validKey is what a key may be: words joined by dots.
var validKey = regexp.MustCompile(`^[A-Za-z0-9_=/-]+(\.[A-Za-z0-9_=/-]+)*$`)

// Key makes a key of words, each of which may be any text: names of users,
// pods, files. SplitKey gives them back. A key whose words are letters,
// digits, _, / and - reads as those joined by dots.
func Key(words ...string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte('.')
		}
		if w == "" {
			b.WriteByte('=') // no other word ends so
		}
		for j := range len(w) {
			switch c := w[j]; {
			case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '/', c == '-':
				b.WriteByte(c)
			default:
				fmt.Fprintf(&b, "=%02X", c)
			}
		}
	}
	return b.String()
}

// SplitKey returns the words that Key made a key of.
func SplitKey(key string) ([]string, error) {
	words := strings.Split(key, ".")
	for i, w := range words {
		if w == "=" {
			words[i] = ""
			continue
		}
		pieces := strings.Split(w, "=")
		for j, p := range pieces[1:] {
			if len(p) < 2 {
				return nil, fmt.Errorf("state: %w: %q", ErrKey, key)
			}
			c, err := strconv.ParseUint(p[:2], 16, 8)
			if err != nil {
				return nil, fmt.Errorf("state: %w: %q", ErrKey, key)
			}
			pieces[j+1] = string([]byte{byte(c)}) + p[2:]
		}
		words[i] = strings.Join(pieces, "")
	}
	return words, nil
}

func checkKey(key string) error {
	if len(key) > maxKey || !validKey.MatchString(key) {
		return fmt.Errorf("state: %w: %.100q; make keys with state.Key, at most %d bytes long", ErrKey, key, maxKey)
	}
	return nil
}
