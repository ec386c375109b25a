package fn

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

func timeFormats() []*Func {
	return []*Func{
		def("format_datetime", 2, 2, value.TypeString, []param{when, text}, func(_ *Context, args []value.Value) value.Value {
			t := args[0].Time()
			return formatTime(str(args[1]), " /-:,._[]T", func(letter byte) (int, bool) {
				switch letter {
				case 'y':
					return t.Year(), true
				case 'M':
					return int(t.Month()), true
				case 'd':
					return t.Day(), true
				case 'H':
					return t.Hour(), true
				case 'h':
					return (t.Hour()+11)%12 + 1, true
				case 'm':
					return t.Minute(), true
				case 's':
					return t.Second(), true
				case 'f', 'F':
					return t.Nanosecond() / 100, true
				case 't':
					return t.Hour() / 12, true
				}
				return 0, false
			})
		}),
		def("format_timespan", 2, 2, value.TypeString, []param{span, text}, func(_ *Context, args []value.Value) value.Value {
			n := uint64(args[0].Int)
			if args[0].Int < 0 {
				n = -n
			}
			return formatTime(str(args[1]), " /-:,._[]", func(letter byte) (int, bool) {
				switch letter {
				case 'd':
					return int(n / value.TicksDay), true
				case 'h', 'H':
					return int(n / value.TicksHour % 24), true
				case 'm':
					return int(n / value.TicksMinute % 60), true
				case 's':
					return int(n / value.Ticks % 60), true
				case 'f', 'F':
					return int(n % value.Ticks), true
				}
				return 0, false
			})
		}),
	}
}

// formatTime replaces each run of one letter by the part that it stands for,
// in at least as many digits. Other characters must be delimiters; a format
// that has others gives the empty string.
func formatTime(format, delimiters string, part func(letter byte) (n int, ok bool)) value.Value {
	var out []byte
	for i := 0; i < len(format); {
		c := format[i]
		width := 1
		for i+width < len(format) && format[i+width] == c {
			width++
		}
		n, ok := part(c)
		switch {
		case !ok && strings.IndexByte(delimiters, c) < 0:
			return value.String("")
		case !ok:
			out = append(out, format[i:i+width]...)
		case c == 'f' || c == 'F':
			out = appendFraction(out, n, width, c == 'F')
		case c == 't':
			out = append(out, "AMPM"[2*n:2*n+min(width, 2)]...)
		case c == 'y' && width == 2:
			out = appendNumber(out, n%100, width)
		default:
			out = appendNumber(out, n, width)
		}
		i += width
	}
	return value.String(string(out))
}

// appendFraction appends the first digits of ticks of a second; trim leaves
// out zeros at the end.
func appendFraction(out []byte, ticks, width int, trim bool) []byte {
	digits := string(appendNumber(nil, ticks, 7))[:min(width, 7)]
	if trim {
		digits = strings.TrimRight(digits, "0")
	}
	return append(out, digits...)
}

func appendNumber(out []byte, n, width int) []byte {
	digits := []byte{}
	for ; n > 0 || width > 0; width-- {
		digits = append(digits, byte('0'+n%10))
		n /= 10
	}
	for i := len(digits) - 1; i >= 0; i-- {
		out = append(out, digits[i])
	}
	return out
}
