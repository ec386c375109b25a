package identity

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

func TestReadFeed(t *testing.T) {
	tests := []struct {
		name, in         string
		entries, skipped int
		allow            bool
		has, hasNot      string // blank-separated
	}{
		{"addresses", "192.0.2.1\n192.0.2.3\r\n\n", 2, 0, false, "192.0.2.1 192.0.2.3", "192.0.2.2 ::1"},
		{"comments", "# head\n192.0.2.1 # one\n192.0.2.2;two\n; three\n192.0.2.3\t17\n192.0.2.4,5\n", 4, 0, false, "192.0.2.4", "192.0.2.5"},
		{"blocks", "192.0.2.0/24 ; SBL1\n192.0.2.128/25\n2001:db8::/32\n", 3, 0, false, "192.0.2.0 192.0.2.255 2001:db8:ffff::1 ::ffff:192.0.2.7", "192.0.3.0 2001:db9::"},
		{"host bits are ignored", "192.0.2.9/30\n", 1, 0, false, "192.0.2.8 192.0.2.11", "192.0.2.12 192.0.2.7"},
		{"ranges", "192.0.2.5-192.0.2.9\n192.0.2.9-192.0.2.5\n1.2.3.4-::5\n", 1, 2, false, "192.0.2.5 192.0.2.9", "192.0.2.4 192.0.2.10"},
		{"everything", "0.0.0.0/0\n::/0\n", 2, 0, false, "1.2.3.4 255.255.255.255 ffff::", ""},
		{"mapped addresses", "::ffff:192.0.2.1\n::ffff:198.51.100.0/120\n", 2, 0, false, "192.0.2.1 198.51.100.9", "192.0.2.2"},
		{"quotes and brackets", "\"192.0.2.1\"\n[2001:db8::1]\n", 2, 0, false, "192.0.2.1 2001:db8::1", ""},
		{"names of hosts are skipped", "evil.example\n192.0.2.1\n", 1, 1, false, "192.0.2.1", ""},
		{"a byte order mark", "\ufeff192.0.2.1\n", 1, 0, false, "192.0.2.1", ""},
		{"a MISP warning list", `{"name":"x","type":"cidr","list":["192.0.2.0/25","example.org",7]}`, 1, 2, true, "192.0.2.127", "192.0.2.128"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := ReadFeed("x", strings.NewReader(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if f.Entries != tt.entries || f.Skipped != tt.skipped || f.Allow != tt.allow {
				t.Errorf("%d entries, %d skipped, allow %v", f.Entries, f.Skipped, f.Allow)
			}
			for _, a := range strings.Fields(tt.has) {
				if !f.Has(a) {
					t.Errorf("it lacks %s", a)
				}
			}
			for _, a := range append(strings.Fields(tt.hasNot), "", "x") {
				if f.Has(a) {
					t.Errorf("it has %q", a)
				}
			}
		})
	}
}

func TestReadFeedErrors(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "no address",
		"a.example\n":       "no address",
		`{"list":`:          "MISP",
		"{\"list\":[]}":     "no address",
		"1.2.3.4\n\x00\x01": "no text",
	} {
		if _, err := ReadFeed("x", strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "feed x") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// TestPublicFeeds reads one feed of each common form and looks up all that
// each lists, and what stands next to it.
func TestPublicFeeds(t *testing.T) {
	dir := filepath.Join(require.Corpora(t), "threat-intel")
	for name, want := range map[string]struct {
		min   int
		allow bool
	}{
		"c2-iocs.txt": {100, false}, "firehol_level1.netset": {1000, false}, "ipsum_level3.txt": {1000, false},
		"rfc1918.json": {3, true}, "sinkholes.json": {50, true},
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		f, err := ReadFeed(name, strings.NewReader(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Entries < want.min || f.Allow != want.allow {
			t.Errorf("%s: %d entries, %d skipped", name, f.Entries, f.Skipped)
		}
		checkAgainstLines(t, f, string(data))
	}
}

// checkAgainstLines compares look-ups with a plain search.
func checkAgainstLines(t *testing.T, f *Feed, text string) {
	t.Helper()
	var all []netip.Prefix
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n\",[]#;", r) }) {
		if p, err := netip.ParsePrefix(w); err == nil {
			all = append(all, p.Masked())
		} else if a, err := netip.ParseAddr(w); err == nil {
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	plain := func(a netip.Addr) bool {
		for _, p := range all {
			if p.Contains(a) {
				return true
			}
		}
		return false
	}
	for i, p := range all {
		if i%(1+len(all)/300) != 0 {
			continue
		}
		for _, a := range []netip.Addr{p.Addr(), p.Addr().Prev(), lastOf(p), lastOf(p).Next()} {
			if a.IsValid() && f.Contains(a) != plain(a) {
				t.Errorf("%s: %v: %v, plainly %v", f.Name, a, f.Contains(a), plain(a))
			}
		}
	}
}

func FuzzReadFeed(f *testing.F) {
	f.Add("192.0.2.0/24 # x\n2001:db8::/32\n")
	f.Add(`{"list":["192.0.2.0/25"]}`)
	f.Add("1.2.3.4-1.2.3.9\n::ffff:1.2.3.0/120\n0.0.0.0/0")
	f.Fuzz(func(t *testing.T, text string) {
		feed, err := ReadFeed("x", strings.NewReader(text))
		if err != nil {
			return
		}
		for _, w := range strings.Fields(text) {
			if a, err := netip.ParseAddr(w); err == nil && strings.TrimSpace(text) == w && !feed.Contains(a) {
				t.Errorf("%s is not in a feed of %s", w, w)
			}
		}
		for i := range feed.set.v4 {
			if r := feed.set.v4[i]; r.lo > r.hi || i > 0 && feed.set.v4[i-1].hi >= r.lo {
				t.Errorf("ranges %v", feed.set.v4)
			}
		}
	})
}
