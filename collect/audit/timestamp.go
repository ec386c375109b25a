package audit

import "time"

// parseTime reads a time as audit logs and their exports write it, in
// nanoseconds since 1970 UTC: RFC 3339 with any number of digits after the
// second, a blank in place of the T, and no zone where UTC is meant. Digits
// past the nanosecond are cut off. ok is false for anything else and for
// times that do not fit.
func parseTime(s []byte) (ns int64, ok bool) {
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	if c := s[10]; c != 'T' && c != ' ' && c != 't' {
		return 0, false
	}
	year, month, day := two(s, 0)*100+two(s, 2), two(s, 5), two(s, 8)
	hour, minute, second := two(s, 11), two(s, 14), two(s, 17)
	// Times in nanoseconds reach from 1678 to 2261. 60 is a leap second.
	if year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ||
		hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 {
		return 0, false
	}
	frac, rest, ok := fraction(s[19:])
	if !ok {
		return 0, false
	}
	offset, ok := zone(rest)
	if !ok {
		return 0, false
	}
	sec := daysSince1970(year, month, day)*86400 + int64(hour*3600+minute*60+second-offset)
	return sec*int64(time.Second) + frac, true
}

// two reads two digits, far below zero where there are none.
func two(s []byte, i int) int {
	a, b := s[i]-'0', s[i+1]-'0'
	if a > 9 || b > 9 {
		return -1 << 20
	}
	return int(a)*10 + int(b)
}

// fraction reads a point or comma and digits, if there are any, and gives
// nanoseconds and what follows.
func fraction(s []byte) (ns int64, rest []byte, ok bool) {
	if len(s) == 0 || s[0] != '.' && s[0] != ',' {
		return 0, s, true
	}
	unit := int64(time.Second)
	i := 1
	for ; i < len(s) && s[i]-'0' <= 9; i++ {
		unit /= 10
		ns += int64(s[i]-'0') * unit
	}
	return ns, s[i:], i > 1
}

// zone reads Z, an offset such as +02:00 or -0700, UTC, or nothing, and gives
// seconds east of UTC.
func zone(s []byte) (seconds int, ok bool) {
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	switch string(s) {
	case "", "Z", "z", "UTC":
		return 0, true
	}
	if len(s) == 6 && s[3] == ':' || len(s) == 5 {
		h, m := two(s, 1), two(s, len(s)-2)
		if h < 0 || h > 23 || m < 0 || m > 59 {
			return 0, false
		}
		switch s[0] {
		case '+':
			return h*3600 + m*60, true
		case '-':
			return -h*3600 - m*60, true
		}
	}
	return 0, false
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts days of the Gregorian calendar. Years are taken to
// begin in March, so that the leap day is their last.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	days := 365*year + year/4 - year/100 + year/400 // before the year's first of March
	days += (153*(month-3)+2)/5 + day - 1
	const before1970 = 719468 // the same count for 1970-01-01
	return int64(days - before1970)
}
