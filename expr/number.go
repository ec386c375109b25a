package expr

import (
	"cmp"
	"math"
	"strconv"
)

// number is a decimal number: a whole one of 64 bits exactly, any other as
// the nearest float64.
type number struct {
	whole bool
	i     int64
	f     float64 // set when not whole
}

func wholeNumber(i int64) number { return number{whole: true, i: i} }

func (n number) float() float64 {
	if n.whole {
		return float64(n.i)
	}
	return n.f
}

// compare orders two numbers: whole ones exactly, others as float64.
func compare(a, b number) int {
	if a.whole && b.whole {
		return cmp.Compare(a.i, b.i)
	}
	return cmp.Compare(a.float(), b.float())
}

// parseNumber reads a decimal number with optional sign, fraction and
// exponent that takes up all of text. It allocates only for numbers beyond
// the range of float64, which become infinite.
func parseNumber(text string) (number, bool) {
	digits, whole, ok := scanNumber(text)
	if !ok {
		return number{}, false
	}
	if whole && digits <= 19 {
		if i, ok := parseWhole(text); ok {
			return wholeNumber(i), true
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		return number{}, false
	}
	return number{f: f}, true
}

// scanNumber checks the form of a decimal number; digits counts those before
// the point.
func scanNumber(s string) (digits int, whole, ok bool) {
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	digits = countDigits(s[i:])
	i += digits
	if digits == 0 {
		return 0, false, false
	}
	if i == len(s) {
		return digits, true, true
	}
	if s[i] == '.' {
		n := countDigits(s[i+1:])
		if n == 0 {
			return 0, false, false
		}
		i += 1 + n
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		if i < len(s) && (s[i] == '-' || s[i] == '+') {
			i++
		}
		n := countDigits(s[i:])
		if n == 0 {
			return 0, false, false
		}
		i += n
	}
	return digits, false, i == len(s)
}

func countDigits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// parseWhole reads an optional sign and at most 19 digits; ok is false where
// they exceed 64 bits.
func parseWhole(s string) (i int64, ok bool) {
	negative := s[0] == '-'
	if negative || s[0] == '+' {
		s = s[1:]
	}
	var n uint64
	for _, c := range []byte(s) {
		n = n*10 + uint64(c-'0')
	}
	if negative {
		return -int64(n), n <= 1<<63
	}
	return int64(n), n <= math.MaxInt64
}
