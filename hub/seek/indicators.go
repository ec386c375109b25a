package seek

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/expr"
)

// Bounds of a list of indicators. The largest public ones have some hundred
// thousand.
const (
	MaxIndicators = 1 << 20
	maxLine       = 64 << 10
)

// kind is what an indicator can be.
type kind uint8

const (
	kindAddress kind = 1 << iota // an address or a network
	kindName                     // everything else: hosts, users, files, images
	kindHash                     // a name that can be a hash
)

// Indicators are what is sought. The zero value is empty; they must not change
// while they are used.
type Indicators struct {
	kinds     kind
	addresses map[netip.Addr]string
	networks  map[netip.Prefix]string
	lengths   []int             // of networks, each once
	names     map[string]string // folded to what was written
	n         int
}

// Len is how many there are.
func (s *Indicators) Len() int { return s.n }

// Add adds an indicator: an address, a network as a CIDR block, or a text,
// which may be a host name, hash, user, file or image. Upper and lower case do
// not matter.
func (s *Indicators) Add(text string) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return errors.New("an empty text is no indicator")
	case len(text) > maxLine || !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return errors.New("it is no text that an event could have")
	case s.n >= MaxIndicators:
		return fmt.Errorf("there are more than %d indicators; seek them in parts", MaxIndicators)
	}
	if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		s.network(netip.PrefixFrom(a.WithZone("").Unmap(), a.WithZone("").Unmap().BitLen()), text)
		return nil
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
		}
		s.network(p.Masked(), text)
		return nil
	}
	if s.names == nil {
		s.names = map[string]string{}
	}
	s.kinds |= kindName
	folded := fold(strings.TrimSuffix(text, "."))
	if isHash(strings.ToLower(text)) {
		s.kinds |= kindHash
	}
	if _, known := s.names[folded]; !known {
		s.names[folded] = text
		s.n++
	}
	return nil
}

// network adds a block, or an address as the block of itself.
func (s *Indicators) network(p netip.Prefix, text string) {
	s.kinds |= kindAddress
	if p.IsSingleIP() {
		if s.addresses == nil {
			s.addresses = map[netip.Addr]string{}
		}
		if _, known := s.addresses[p.Addr()]; !known {
			s.addresses[p.Addr()] = text
			s.n++
		}
		return
	}
	if s.networks == nil {
		s.networks = map[netip.Prefix]string{}
	}
	if _, known := s.networks[p]; !known {
		s.networks[p] = text
		s.n++
	}
	if !slices.Contains(s.lengths, p.Bits()) {
		s.lengths = append(s.lengths, p.Bits())
		slices.Sort(s.lengths)
	}
}

// Read adds a list: one indicator a line, of which what follows a blank, comma,
// "#" or ";" is a comment. It returns how many lines could not be read.
func (s *Indicators) Read(r io.Reader) (skipped int, err error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	for first := true; sc.Scan(); first = false {
		line := sc.Bytes()
		if first {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		text := strings.TrimSpace(string(line))
		if i := strings.IndexAny(text, "#;, \t"); i >= 0 {
			text = text[:i]
		}
		if text = strings.Trim(text, `"'`); text == "" {
			continue
		}
		if s.n >= MaxIndicators {
			return skipped, fmt.Errorf("there are more than %d indicators; seek them in parts", MaxIndicators)
		}
		if s.Add(text) != nil {
			skipped++
		}
	}
	if errors.Is(sc.Err(), bufio.ErrTooLong) {
		return skipped, fmt.Errorf("a line has more than %d bytes; expected one indicator a line", maxLine)
	}
	return skipped, sc.Err()
}

// address calls f for the indicators that an address is, or lies in.
func (s *Indicators) address(text string, f func(indicator string)) {
	if s.kinds&kindAddress == 0 {
		return
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return
	}
	a = a.WithZone("").Unmap()
	if found, ok := s.addresses[a]; ok {
		f(found)
	}
	for _, n := range s.lengths {
		if p, err := a.Prefix(n); err == nil {
			if found, ok := s.networks[p]; ok {
				f(found)
			}
		}
	}
}

// name calls f for the indicator that a text is.
func (s *Indicators) name(text string, f func(indicator string)) {
	if found, ok := s.names[fold(text)]; ok {
		f(found)
	}
}

// host calls f for the indicators that a host name is, or lies below.
func (s *Indicators) host(text string, f func(indicator string)) {
	if len(s.names) == 0 {
		return
	}
	for rest := fold(strings.TrimSuffix(text, ".")); rest != ""; {
		if found, ok := s.names[rest]; ok {
			f(found)
		}
		_, parent, below := strings.Cut(rest, ".")
		if !below {
			return
		}
		rest = parent
	}
}

// values are the texts that an exact column can have, or ok is false when
// there are too many or networks among them.
func (s *Indicators) values(k kind) (out []string, ok bool) {
	if k == kindAddress {
		if len(s.networks) > 0 || len(s.addresses) > maxValues {
			return nil, false
		}
		for a := range s.addresses {
			out = append(out, a.String())
		}
	} else {
		if len(s.names) > maxValues {
			return nil, false
		}
		for n := range s.names {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, true
}

// maxValues is up to how many values the store's filters are asked: each costs
// a look for every 131,072 events, and many values are in every part.
const maxValues = 256

func fold(text string) string { return string(expr.AppendFold(nil, text)) }

// isHash reports whether a text has the form of an MD5, SHA-1 or SHA-256.
func isHash(text string) bool {
	if n := len(text); n != 32 && n != 40 && n != 64 {
		return false
	}
	return strings.Trim(text, "0123456789abcdef") == ""
}
