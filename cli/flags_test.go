package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/hub"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func TestParseTime(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2026-03-04T10:00:00Z", "2026-03-04T10:00:00Z"},
		{"2026-03-04T10:00:00.25+02:00", "2026-03-04T08:00:00.25Z"},
		{"2026-03-04T10:00:00", "2026-03-04T10:00:00Z"},
		{"2026-03-04 10:00", "2026-03-04T10:00:00Z"},
		{"2026-03-04", "2026-03-04T00:00:00Z"},
		{" 2h ", "2026-03-04T10:00:00Z"},
		{"90m", "2026-03-04T10:30:00Z"},
		{"3d", "2026-03-01T12:00:00Z"},
		{"0s", "2026-03-04T12:00:00Z"},
		{"", ""}, {"-2h", ""}, {"-3d", ""}, {"yesterday", ""}, {"2026-13-04", ""}, {"99999d", ""}, {"1e9h", ""},
	} {
		got, err := parseTime(c.in, noon)
		text := ""
		if err == nil {
			text = got.UTC().Format(time.RFC3339Nano)
		}
		if text != c.want {
			t.Errorf("parseTime(%q) = %s, %v, want %s", c.in, text, err, c.want)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	f.Add("2h")
	f.Add("2026-03-04T10:00:00Z")
	f.Fuzz(func(t *testing.T, in string) {
		if at, err := parseTime(in, noon); err == nil && at.IsZero() && !strings.HasPrefix(strings.TrimSpace(in), "0001") {
			t.Errorf("parseTime(%q) is the zero time", in)
		}
	})
}

func TestParseNetwork(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"10.1.2.3/8", "10.0.0.0/8"},
		{"10.1.2.3", "10.1.2.3/32"},
		{"fd00::1/8", "fd00::/8"},
		{"::1", "::1/128"},
		{"10.0.0.0/33", ""}, {"", ""}, {"office", ""},
	} {
		p, err := parseNetwork(c.in)
		got := ""
		if err == nil {
			got = p.String()
		}
		if got != c.want {
			t.Errorf("parseNetwork(%q) = %s, %v, want %s", c.in, got, err, c.want)
		}
	}
}

func TestFeedName(t *testing.T) {
	for _, c := range []struct{ in, name, file string }{
		{"tor=lists/exits.txt", "tor", "lists/exits.txt"},
		{"lists/tor.exits.txt", "tor", "lists/tor.exits.txt"},
		{"tor", "tor", "tor"},
	} {
		if name, file := feedName(c.in); name != c.name || file != c.file {
			t.Errorf("feedName(%q) = %q, %q", c.in, name, file)
		}
	}
}

func TestProgress(t *testing.T) {
	for _, c := range []struct {
		at      hub.Progress
		elapsed time.Duration
		want    string
	}{
		{hub.Progress{Read: 430_000_000, Total: 1_000_000_000, Events: 187_000}, 4 * time.Second, "Reading  43 %  430 MB of 1.0 GB  108 MB/s  5.3 s left"},
		{hub.Progress{Read: 430_000_000, Total: 1_000_000_000, Baseline: true}, 4 * time.Second, "Learning  43 %  430 MB of 1.0 GB  108 MB/s  5.3 s left"},
		{hub.Progress{Read: 5_000_000, Events: 2000}, time.Second, "Reading  5.0 MB  2,000 events  5.0 MB/s"},
		{hub.Progress{}, 0, "Reading  0 B  0 events  0 B/s"},
		{hub.Progress{Total: 1000}, time.Second, "Reading   0 %  0 B of 1.0 kB  0 B/s"},
	} {
		if got := progressText(c.at, c.elapsed); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// The line shows up after a moment, is drawn anew at times, and goes away.
func TestProgressLine(t *testing.T) {
	var out bytes.Buffer
	now := noon
	p := newProgress(&out, 30, func() time.Time { return now })
	step := func(d time.Duration) string {
		out.Reset()
		now = now.Add(d)
		p.update(hub.Progress{Read: 500, Total: 1000})
		return out.String()
	}
	if got := step(100 * time.Millisecond); got != "" {
		t.Errorf("at once: %q", got)
	}
	if got := step(500 * time.Millisecond); got != "\r\x1b[KReading  50 %  500 B of 1.0…" {
		t.Errorf("after a moment: %q", got)
	}
	if got := step(50 * time.Millisecond); got != "" {
		t.Errorf("too soon: %q", got)
	}
	out.Reset()
	p.clear()
	p.clear()
	if got := out.String(); got != "\r\x1b[K" {
		t.Errorf("cleared: %q", got)
	}
}
