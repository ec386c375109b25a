package value

import (
	"strings"
	"time"
)

// Bounds of a datetime: the years 1 to 9999, in ticks since 1970.
const (
	MinDatetime = -62135596800 * Ticks
	MaxDatetime = 253402300800*Ticks - 1
)

// DatetimeOf returns the datetime of t; null outside the years 1 to 9999.
func DatetimeOf(t time.Time) Value {
	sec := t.Unix()
	if sec < MinDatetime/Ticks || sec > MaxDatetime/Ticks {
		return Null(TypeDatetime)
	}
	return Datetime(sec*Ticks + int64(t.Nanosecond()/100))
}

// Time returns the instant of a datetime, in UTC.
func (v Value) Time() time.Time {
	sec, frac := v.Int/Ticks, v.Int%Ticks
	return time.Unix(sec, frac*100).UTC()
}

// appendDatetime appends ticks as 2006-01-02T15:04:05.0000000Z.
func appendDatetime(dst []byte, ticks int64) []byte {
	t := Datetime(ticks).Time()
	y, mo, d := t.Date()
	h, mi, s := t.Clock()
	dst = appendPadded(dst, uint64(max(y, 0)), 4)
	dst = append(dst, '-')
	dst = appendPadded(dst, uint64(mo), 2)
	dst = append(dst, '-')
	dst = appendPadded(dst, uint64(d), 2)
	dst = append(dst, 'T')
	dst = appendPadded(dst, uint64(h), 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, uint64(mi), 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, uint64(s), 2)
	dst = append(dst, '.')
	dst = appendPadded(dst, uint64(t.Nanosecond()/100), 7)
	return append(dst, 'Z')
}

// ParseDatetime reads the forms of datetime that Kusto knows: ISO 8601 with
// parts left out, month/day/year, RFC 822 and RFC 850, each with an optional
// zone. Without one the time is UTC. The result is in ticks since 1970.
func ParseDatetime(s string) (ticks int64, ok bool) {
	p := dateParser{s: strings.TrimSpace(s)}
	if p.s == "" || len(p.s) > 64 {
		return 0, false
	}
	if !p.date() || !p.clock() || !p.zone() || p.s != "" {
		return 0, false
	}
	if p.month < 1 || p.month > 12 || p.day < 1 || p.day > DaysIn(p.year, p.month) || p.year < 1 || p.year > 9999 {
		return 0, false
	}
	sec := time.Date(p.year, time.Month(p.month), p.day, 0, 0, 0, 0, time.UTC).Unix()
	ticks = sec*Ticks + p.ofDay - p.offset
	return ticks, ticks >= MinDatetime && ticks <= MaxDatetime
}

// DaysIn returns how many days a month (1 to 12) of a year has.
func DaysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// dateParser reads a datetime from the front of s.
type dateParser struct {
	s                string
	year, month, day int
	ofDay, offset    int64 // ticks
}

// number takes up to limit digits.
func (p *dateParser) number(limit int) (n, width int) {
	for width < limit && width < len(p.s) && p.s[width] >= '0' && p.s[width] <= '9' {
		n = n*10 + int(p.s[width]-'0')
		width++
	}
	p.s = p.s[width:]
	return n, width
}

func (p *dateParser) take(c byte) bool {
	if p.s != "" && p.s[0] == c {
		p.s = p.s[1:]
		return true
	}
	return false
}

func (p *dateParser) word() string {
	i := 0
	for i < len(p.s) && (p.s[i]|0x20 >= 'a' && p.s[i]|0x20 <= 'z') {
		i++
	}
	w := p.s[:i]
	p.s = p.s[i:]
	return w
}

func (p *dateParser) spaces() {
	p.s = strings.TrimLeft(p.s, " \t")
}

func (p *dateParser) date() bool {
	if day := p.word(); day != "" { // the name of a day, or a month first
		if m := monthNumber(day); m > 0 {
			return p.monthFirst(m)
		}
		if !dayName(day) {
			return false
		}
		p.take(',')
		p.spaces()
	}
	n, width := p.number(4)
	if width == 0 {
		return false
	}
	switch {
	case width == 4 && p.s != "" && p.s[0] >= '0' && p.s[0] <= '9': // 20140525
		m, w1 := p.number(2)
		d, w2 := p.number(2)
		p.year, p.month, p.day = n, m, d
		return w1 == 2 && w2 == 2
	case width == 4:
		return p.yearFirst(n)
	case p.take('/'): // month/day/year
		m := n
		d, w1 := p.number(2)
		if w1 == 0 || !p.take('/') {
			return false
		}
		y, w2 := p.number(4)
		p.year, p.month, p.day = fullYear(y, w2), m, d
		return w2 == 4 || w2 == 2
	}
	// 8 Nov 14, 08-Nov-2014
	if !p.take('-') {
		p.spaces()
	}
	m := monthNumber(p.word())
	if m == 0 {
		return false
	}
	if !p.take('-') {
		p.spaces()
	}
	y, w := p.number(4)
	p.year, p.month, p.day = fullYear(y, w), m, n
	return w == 2 || w == 4
}

// monthFirst reads the rest of "Nov 8, 2014".
func (p *dateParser) monthFirst(m int) bool {
	p.spaces()
	d, w1 := p.number(2)
	p.take(',')
	p.spaces()
	y, w2 := p.number(4)
	p.year, p.month, p.day = y, m, d
	return w1 > 0 && w2 == 4
}

// yearFirst reads the rest of 2014, 2014-11, 2014-11-08 and 2014/11/08.
func (p *dateParser) yearFirst(y int) bool {
	p.year, p.month, p.day = y, 1, 1
	var sep byte
	switch {
	case p.s == "":
		return true
	case p.take('-'):
		sep = '-'
	case p.take('/'):
		sep = '/'
	default:
		return false
	}
	var w int
	if p.month, w = p.number(2); w == 0 {
		return false
	}
	if !p.take(sep) {
		return true
	}
	p.day, w = p.number(2)
	return w > 0
}

// clock reads a time of day where there is one.
func (p *dateParser) clock() bool {
	if !p.take('T') && !p.take('t') {
		p.spaces()
	}
	if p.s == "" || p.s[0] < '0' || p.s[0] > '9' {
		return true
	}
	h, w := p.number(2)
	if w == 0 || !p.take(':') {
		return false
	}
	m, w := p.number(2)
	if w == 0 {
		return false
	}
	var sec int
	var frac int64
	if p.take(':') {
		if sec, w = p.number(2); w == 0 {
			return false
		}
		if p.take('.') || p.take(',') {
			i := 0
			for i < len(p.s) && p.s[i] >= '0' && p.s[i] <= '9' {
				i++
			}
			frac, _ = fraction(p.s[:i])
			p.s = p.s[i:]
		}
	}
	before := p.s
	p.spaces()
	switch strings.ToUpper(p.word()) {
	case "AM":
		if h == 12 {
			h = 0
		}
	case "PM":
		if h < 12 {
			h += 12
		}
	default:
		p.s = before
	}
	if h == 24 && m == 0 && sec == 0 && frac == 0 {
		h = 24
	} else if h > 23 || m > 59 || sec > 59 {
		return false
	}
	p.ofDay = int64(h)*TicksHour + int64(m)*TicksMinute + int64(sec)*Ticks + frac
	return true
}

// zone reads Z, UTC, GMT, +02:00, -0800 or nothing.
func (p *dateParser) zone() bool {
	p.spaces()
	switch strings.ToUpper(p.word()) {
	case "Z", "UTC", "GMT":
		return true
	case "":
	default:
		return false
	}
	if p.s == "" {
		return true
	}
	sign := int64(1)
	if p.take('-') {
		sign = -1
	} else if !p.take('+') {
		return false
	}
	h, w := p.number(2)
	if w == 0 {
		return false
	}
	p.take(':')
	m, _ := p.number(2)
	if h > 14 || m > 59 {
		return false
	}
	p.offset = sign * (int64(h)*TicksHour + int64(m)*TicksMinute)
	return true
}

// fullYear reads a year of two digits as .NET does: 00-49 are of this century.
func fullYear(y, width int) int {
	if width != 2 {
		return y
	}
	if y < 50 {
		return 2000 + y
	}
	return 1900 + y
}

func monthNumber(name string) int {
	for m := time.January; m <= time.December; m++ {
		if full := m.String(); strings.EqualFold(name, full) || strings.EqualFold(name, full[:3]) {
			return int(m)
		}
	}
	return 0
}

func dayName(name string) bool {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if full := d.String(); strings.EqualFold(name, full) || strings.EqualFold(name, full[:3]) {
			return true
		}
	}
	return false
}
