package identity

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// Limits of a feed. The largest public ones have some hundred thousand
// entries.
const (
	maxFeedBytes   = 256 << 20
	maxFeedEntries = 8 << 20
	maxFeedLine    = 1 << 20
)

// Feed is a named list of addresses, such as a threat feed.
type Feed struct {
	Name string
	// Allow marks a list of what is known to be harmless: what it holds is
	// not reported even when another feed lists it.
	Allow bool
	// Entries is how many addresses and blocks were read, Skipped how many
	// entries are neither (names of hosts, hashes).
	Entries, Skipped int

	set *Set
}

// NewFeed returns a feed of prefixes.
func NewFeed(name string, prefixes []netip.Prefix) *Feed {
	return &Feed{Name: name, Entries: len(prefixes), set: NewSet(prefixes)}
}

// Contains reports whether the feed lists an address.
func (f *Feed) Contains(a netip.Addr) bool { return f.set.Contains(a) }

// Has reports whether the feed lists an address given as text. With it a feed
// is a list that rules can name.
func (f *Feed) Has(value string) bool {
	a, err := netip.ParseAddr(value)
	return err == nil && f.set.Contains(a)
}

// ReadFeed reads a feed in one of two forms, told apart by content. As text,
// each line has one address, block (192.0.2.0/24) or range
// (192.0.2.1-192.0.2.9); what follows after a blank, comma, "#" or ";" is a
// comment. As JSON, it is a MISP warning list: an object with a member "list";
// such a feed has Allow set. Entries of another kind are counted as skipped;
// an error says that nothing could be read.
func ReadFeed(name string, r io.Reader) (*Feed, error) {
	r = &limitedReader{r: r, left: maxFeedBytes}
	br := bufio.NewReaderSize(r, 64<<10)
	if bom, _ := br.Peek(3); string(bom) == "\ufeff" {
		br.Discard(3)
	}
	b := feedBuilder{feed: &Feed{Name: name, set: &Set{}}}
	head, _ := br.Peek(512)
	var err error
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")) {
		err = b.warningList(br)
	} else {
		err = b.lines(br)
	}
	if err == nil && b.feed.Entries == 0 {
		err = errors.New("it has no address; expected one address or block a line, or a MISP warning list")
	}
	if err != nil {
		return nil, fmt.Errorf("feed %s: %w", name, err)
	}
	b.feed.set.sort()
	return b.feed, nil
}

type feedBuilder struct{ feed *Feed }

// lines reads one entry a line.
func (b *feedBuilder) lines(r io.Reader) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), maxFeedLine)
	for sc.Scan() {
		text := strings.TrimSpace(sc.Text())
		if i := strings.IndexAny(text, "#;, \t|"); i >= 0 {
			text = text[:i]
		}
		if text == "" {
			continue
		}
		if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
			return errors.New("it is no text")
		}
		if err := b.entry(text); err != nil {
			return err
		}
	}
	return sc.Err()
}

// warningList reads a MISP warning list.
func (b *feedBuilder) warningList(r io.Reader) error {
	var doc struct {
		List []any `json:"list"`
	}
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return fmt.Errorf("it begins like a MISP warning list, and is none: %w", err)
	}
	b.feed.Allow = true
	for _, v := range doc.List {
		text, _ := v.(string)
		if err := b.entry(strings.TrimSpace(text)); err != nil {
			return err
		}
	}
	return nil
}

// entry adds one entry, or counts it as skipped.
func (b *feedBuilder) entry(text string) error {
	if b.feed.Entries >= maxFeedEntries {
		return fmt.Errorf("it has more than %d entries", maxFeedEntries)
	}
	lo, hi, ok := parseEntry(text)
	if !ok {
		b.feed.Skipped++
		return nil
	}
	b.feed.Entries++
	b.feed.set.add(lo, hi)
	return nil
}

// parseEntry reads an address, a block or a range of addresses.
func parseEntry(text string) (lo, hi netip.Addr, ok bool) {
	text = strings.Trim(text, `"'[]`)
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.WithZone("").Unmap()
		return a, a, true
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		p = unmapPrefix(p).Masked()
		return p.Addr(), lastOf(p), true
	}
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		return lo, hi, false
	}
	lo, err1 := netip.ParseAddr(from)
	hi, err2 := netip.ParseAddr(to)
	lo, hi = lo.WithZone("").Unmap(), hi.WithZone("").Unmap()
	return lo, hi, err1 == nil && err2 == nil && lo.BitLen() == hi.BitLen() && lo.Compare(hi) <= 0
}

// limitedReader fails when more is read than expected, where io.LimitReader
// would end silently.
type limitedReader struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, fmt.Errorf("it is larger than %d MiB", maxFeedBytes>>20)
	}
	return n, err
}
