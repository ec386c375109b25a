package output

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// nbsp stands between a number and its unit where text is put together: a
// line is not broken there. A page writes it as a blank.
const nbsp = "\u00a0"

// Number writes a number with commas.
func Number(n int64) string { return number(n) }

// Size writes a number of bytes with its unit.
func Size(n float64) string { return plain(size(n)) }

// Duration writes how long something takes, with two units at most.
func Duration(d time.Duration) string { return plain(duration(d)) }

// plain returns text of this package with ordinary blanks.
func plain(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

// number writes n with commas: 26,411.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// amount writes a number with its noun: "1 finding", "26,411 findings".
func amount(n int64, noun string) string {
	if n == 1 {
		return "1" + nbsp + noun
	}
	if s, ok := strings.CutSuffix(noun, "y"); ok {
		return number(n) + nbsp + s + "ies"
	}
	return number(n) + nbsp + noun + "s"
}

// size writes bytes in decimal units: "6.8 MB".
func size(n float64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB"}
	i := 0
	for n >= 999.5 && i < len(units)-1 {
		n /= 1000
		i++
	}
	if i == 0 || n >= 99.95 {
		return fmt.Sprintf("%.0f"+nbsp+"%s", n, units[i])
	}
	return fmt.Sprintf("%.1f"+nbsp+"%s", n, units[i])
}

// duration writes how long something took, with two parts at most: "33 min",
// "2 h 5 min", "3 d 4 h", "240 ms".
func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d"+nbsp+"ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f"+nbsp+"s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d"+nbsp+"s", int(d.Seconds()))
	case d < time.Hour:
		return two(int(d.Minutes()), "min", int(d.Seconds())%60, "s", d < 10*time.Minute)
	case d < 48*time.Hour:
		return two(int(d.Hours()), "h", int(d.Minutes())%60, "min", true)
	}
	return two(int(d.Hours())/24, "d", int(d.Hours())%24, "h", true)
}

func two(a int, unitA string, b int, unitB string, fine bool) string {
	if b == 0 || !fine {
		return fmt.Sprintf("%d"+nbsp+"%s", a, unitA)
	}
	return fmt.Sprintf("%d"+nbsp+"%s"+nbsp+"%d"+nbsp+"%s", a, unitA, b, unitB)
}

// span writes a stretch of time in UTC: the date once where both ends are of
// one day.
func span(first, last time.Time, layout string) string {
	first, last = first.UTC(), last.UTC()
	from := first.Format("2006-01-02 " + layout)
	switch {
	case first.Format(layout) == last.Format(layout) && sameDay(first, last):
		return from + " UTC"
	case sameDay(first, last):
		return from + " – " + last.Format(layout) + " UTC"
	}
	return from + " – " + last.Format("2006-01-02 "+layout) + " UTC"
}

func sameDay(a, b time.Time) bool {
	return a.UTC().Truncate(24 * time.Hour).Equal(b.UTC().Truncate(24 * time.Hour))
}
