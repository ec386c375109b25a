package expr

import "time"

// parseTime reads a point in time as RFC 3339 writes it, with upper-case T and
// Z, and returns nanoseconds since 1970 UTC; digits after the ninth of a
// fraction do not count. ok is false for what is none and for years outside
// 1678 to 2261, which those nanoseconds cannot count. It does not allocate.
func parseTime(s string) (ns int64, ok bool) {
	const form = "0000-00-00T00:00:00"
	if len(s) <= len(form) {
		return 0, false
	}
	for i, c := range []byte(form) {
		if c == '0' && !isDigit(s[i]) || c != '0' && s[i] != c {
			return 0, false
		}
	}
	year, month, day := decimal(s[:4]), decimal(s[5:7]), decimal(s[8:10])
	hour, minute, second := decimal(s[11:13]), decimal(s[14:16]), decimal(s[17:19])
	fraction, rest := cutFraction(s[len(form):])
	zone, ok := zoneSeconds(rest)
	if !ok || year < 1678 || year > 2261 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, fraction, time.UTC)
	if t.Month() != time.Month(month) || t.Day() != day {
		return 0, false // such as 31 April
	}
	return t.UnixNano() - int64(zone)*int64(time.Second), true
}

// decimal reads digits.
func decimal(s string) int {
	n := 0
	for _, c := range []byte(s) {
		n = n*10 + int(c-'0')
	}
	return n
}

// cutFraction cuts ".123" off s, as nanoseconds.
func cutFraction(s string) (ns int, rest string) {
	if len(s) < 2 || s[0] != '.' {
		return 0, s
	}
	digits := countDigits(s[1:])
	for i := range 9 {
		ns *= 10
		if i < digits {
			ns += int(s[1+i] - '0')
		}
	}
	if digits == 0 {
		return 0, s
	}
	return ns, s[1+digits:]
}

// zoneSeconds reads "Z" or "+01:00".
func zoneSeconds(s string) (seconds int, ok bool) {
	if s == "Z" {
		return 0, true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' || countDigits(s[1:3]) != 2 || countDigits(s[4:]) != 2 {
		return 0, false
	}
	hours, minutes := decimal(s[1:3]), decimal(s[4:])
	seconds = hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, hours < 24 && minutes < 60
}
