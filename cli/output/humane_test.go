package output

import (
	"strings"
	"testing"
	"time"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"", 10, ""},
		{"one two three", 10, "one two|three"},
		{"one  two", 20, "one two"},
		{"abcdefghijklmnop q", 10, "abcdefghij|klmnop q"},
		{"日本語日本語", 8, "日本語日|本語"},
		{"a 5" + nbsp + "MB b", 8, "a 5" + nbsp + "MB b"},
		{"abcde 5" + nbsp + "MB", 8, "abcde|5" + nbsp + "MB"},
	} {
		if got := strings.Join(wrap(c.in, c.width), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"short", 10, "short"},
		{"exactly ten", 11, "exactly ten"},
		{"a longer text", 9, "a longer…"},
		{"日本語", 5, "日本…"},
	} {
		if got := Fit(c.in, c.width); got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		Number(0): "0", Number(999): "999", Number(1000): "1,000", Number(26_411_000): "26,411,000", Number(-1234): "-1,234",
		plain(amount(1, "finding")): "1 finding", plain(amount(2, "entry")): "2 entries", plain(amount(1200, "event")): "1,200 events",
		Size(0): "0 B", Size(999): "999 B", Size(1000): "1.0 kB", Size(6_812_332): "6.8 MB", Size(99_960): "100 kB", Size(2.5e15): "2.5 PB",
		Duration(240 * time.Millisecond): "240 ms", Duration(1400 * time.Millisecond): "1.4 s", Duration(42 * time.Second): "42 s",
		Duration(90 * time.Second): "1 min 30 s", Duration(33*time.Minute + 20*time.Second): "33 min", Duration(125 * time.Minute): "2 h 5 min",
		Duration(76 * time.Hour): "3 d 4 h", Duration(48 * time.Hour): "2 d",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	day := time.Date(2026, 3, 4, 10, 2, 0, 0, time.UTC)
	for _, c := range []struct {
		first, last time.Time
		want        string
	}{
		{day, day, "2026-03-04 10:02 UTC"},
		{day, day.Add(33 * time.Minute), "2026-03-04 10:02 – 10:35 UTC"},
		{day.Add(13 * time.Hour), day.Add(15 * time.Hour), "2026-03-04 23:02 – 2026-03-05 01:02 UTC"},
	} {
		if got := span(c.first, c.last, "15:04"); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
