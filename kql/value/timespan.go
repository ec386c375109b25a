package value

import (
	"math"
	"strconv"
	"strings"
)

// Lengths of time in ticks of 100 ns.
const (
	TicksMillisecond = Ticks / 1000
	TicksMinute      = 60 * Ticks
	TicksHour        = 60 * TicksMinute
	TicksDay         = 24 * TicksHour
)

// TimespanUnit returns the ticks of a unit that may follow a number in a
// timespan literal: 1d, 2hours, 10ms, 1tick.
func TimespanUnit(name string) (ticks int64, ok bool) {
	switch name {
	case "d", "day", "days":
		return TicksDay, true
	case "h", "hr", "hrs", "hour", "hours":
		return TicksHour, true
	case "m", "min", "minute", "minutes":
		return TicksMinute, true
	case "s", "sec", "second", "seconds":
		return Ticks, true
	case "ms", "milli", "millis", "millisec", "millisecond", "milliseconds":
		return TicksMillisecond, true
	case "micro", "micros", "microsec", "microsecond", "microseconds":
		return TicksMillisecond / 1000, true
	case "tick", "ticks":
		return 1, true
	}
	return 0, false
}

// appendTimespan appends ticks as [-][d.]hh:mm:ss[.fffffff].
func appendTimespan(dst []byte, ticks int64) []byte {
	n := uint64(ticks)
	if ticks < 0 {
		dst = append(dst, '-')
		n = -n
	}
	if d := n / TicksDay; d > 0 {
		dst = strconv.AppendUint(dst, d, 10)
		dst = append(dst, '.')
	}
	dst = appendPadded(dst, n/TicksHour%24, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, n/TicksMinute%60, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, n/Ticks%60, 2)
	if f := n % Ticks; f > 0 {
		dst = append(dst, '.')
		dst = appendPadded(dst, f, 7)
	}
	return dst
}

// appendPadded appends n in at least width decimal digits.
func appendPadded(dst []byte, n uint64, width int) []byte {
	var buf [20]byte
	i := len(buf)
	for n > 0 || width > 0 {
		i--
		buf[i] = byte('0' + n%10)
		n /= 10
		width--
	}
	return append(dst, buf[i:]...)
}

// ParseTimespan reads [-][d.]hh:mm[:ss[.fffffff]], a number with a unit
// (1.5h), several of them in a row (2h30m), or a plain number of days. The
// result is in ticks.
func ParseTimespan(s string) (ticks int64, ok bool) {
	s = strings.TrimSpace(s)
	rest, neg := strings.CutPrefix(s, "-")
	if !neg {
		rest, _ = strings.CutPrefix(s, "+")
	}
	if rest == "" {
		return 0, false
	}
	if strings.IndexByte(rest, ':') >= 0 {
		var size uint64
		size, ok = parseClock(rest)
		if size > math.MaxInt64 && !(neg && size == 1<<63) {
			return 0, false
		}
		ticks = int64(size)
	} else {
		ticks, ok = parseUnits(rest)
	}
	if neg {
		ticks = -ticks
	}
	return ticks, ok
}

// parseClock reads [d.]hh:mm[:ss[.fffffff]], and d:hh:mm:ss. The result may
// be a little more than a timespan holds.
func parseClock(s string) (uint64, bool) {
	parts := strings.Split(s, ":")
	if len(parts) > 4 {
		return 0, false
	}
	days := "0"
	if len(parts) == 4 {
		days, parts = parts[0], parts[1:]
	} else if d, h, found := strings.Cut(parts[0], "."); found {
		days, parts[0] = d, h
	}
	sec, frac := "0", ""
	if len(parts) == 3 {
		sec, frac, _ = strings.Cut(parts[2], ".")
	}
	d, ok1 := digits(days, 8)
	h, ok2 := digits(parts[0], 2)
	m, ok3 := digits(parts[1], 2)
	sc, ok4 := digits(sec, 2)
	f, ok5 := fraction(frac)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || h > 23 || m > 59 || sc > 59 || d > math.MaxInt64/TicksDay {
		return 0, false
	}
	return uint64(d)*TicksDay + uint64(h*TicksHour+m*TicksMinute+sc*Ticks+f), true
}

// digits reads 1 to max decimal digits and nothing else.
func digits(s string, limit int) (int64, bool) {
	if s == "" || len(s) > limit {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// fraction reads digits after a decimal point as ticks of a second; what is
// finer than a tick is cut off.
func fraction(s string) (int64, bool) {
	var n int64
	for i := range max(7, len(s)) {
		c := byte('0')
		if i < len(s) {
			c = s[i]
		}
		if c < '0' || c > '9' {
			return 0, false
		}
		if i < 7 {
			n = n*10 + int64(c-'0')
		}
	}
	return n, true
}

func parseUnits(s string) (int64, bool) {
	if n, ok := digits(s, 7); ok {
		return n * TicksDay, true
	}
	var total float64
	var whole int64
	for s != "" {
		i := 0
		for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
			i++
		}
		j := i
		for j < len(s) && s[j] >= 'a' && s[j] <= 'z' {
			j++
		}
		unit, ok := TimespanUnit(s[i:j])
		if !ok {
			return 0, false
		}
		if n, ok := digits(s[:i], 18); ok && n < math.MaxInt64/unit/2 {
			whole += n * unit
		} else if f, err := strconv.ParseFloat(s[:i], 64); err == nil {
			total += f * float64(unit)
		} else {
			return 0, false
		}
		s = s[j:]
		if whole < 0 {
			return 0, false
		}
	}
	if total > math.MaxInt64/2 || whole > math.MaxInt64/2 {
		return 0, false
	}
	return whole + int64(math.Round(total)), true
}
