package fn

import (
	"math"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/kql/value"
)

func datetimeAdd(_ *Context, args []value.Value) value.Value {
	period := strings.ToLower(str(args[0]))
	if period == "nanosecond" {
		return datetime(args[2].Int + args[1].Int/100)
	}
	return addPeriod(args[2].Time(), period, args[1].Int)
}

// datetimeDiff counts how many boundaries of the period lie between the
// second time and the first.
func datetimeDiff(_ *Context, args []value.Value) value.Value {
	a, b := args[1], args[2]
	ta, tb := a.Time(), b.Time()
	months := func(t time.Time) int64 { return int64(t.Year())*12 + int64(t.Month()) - 1 }
	period := strings.ToLower(str(args[0]))
	switch period {
	case "year":
		return value.Long(int64(ta.Year() - tb.Year()))
	case "quarter":
		return value.Long(months(ta)/3 - months(tb)/3)
	case "month":
		return value.Long(months(ta) - months(tb))
	case "week":
		x, y := value.DatetimeOf(startOf("week", ta)), value.DatetimeOf(startOf("week", tb))
		return value.Long((x.Int - y.Int) / (7 * value.TicksDay))
	case "nanosecond":
		return value.Long((a.Int - b.Int) * 100)
	}
	ticks, ok := fixedPeriod(period)
	if !ok {
		return value.Null(value.TypeLong)
	}
	floor := func(v value.Value) int64 { return (v.Int - value.MinDatetime) / ticks }
	return value.Long(floor(a) - floor(b))
}

func datetimePart(_ *Context, args []value.Value) value.Value {
	t := args[1].Time()
	n := 0
	switch strings.ToLower(str(args[0])) {
	case "year":
		n = t.Year()
	case "quarter":
		n = (int(t.Month())-1)/3 + 1
	case "month":
		n = int(t.Month())
	case "week_of_year", "weekofyear":
		_, n = t.ISOWeek()
	case "day":
		n = t.Day()
	case "dayofyear":
		n = t.YearDay()
	case "dayofweek":
		n = int(t.Weekday())
	case "hour":
		n = t.Hour()
	case "minute":
		n = t.Minute()
	case "second":
		n = t.Second()
	case "millisecond":
		n = t.Nanosecond() / 1e6
	case "microsecond":
		n = t.Nanosecond() / 1e3
	case "nanosecond":
		n = t.Nanosecond()
	default:
		return value.Null(value.TypeLong)
	}
	return value.Long(int64(n))
}

// makeDatetime takes year, month, day, hour, minute and second, the last of
// which may have a fraction; or one value that todatetime converts.
func makeDatetime(_ *Context, args []value.Value) value.Value {
	if len(args) == 1 {
		return value.Convert(args[0], value.TypeDatetime)
	}
	parts := [5]int64{1, 1, 1, 0, 0}
	limit := [5]int64{9999, 12, 31, 23, 59}
	for i := range parts {
		if i < len(args) {
			parts[i] = value.Convert(args[i], value.TypeLong).Int
		}
		if parts[i] < 0 || parts[i] > limit[i] || i < 3 && parts[i] < 1 {
			return value.Null(value.TypeDatetime)
		}
	}
	sec := 0.0
	if len(args) > 5 {
		sec = float(args[5])
	}
	if parts[2] > int64(value.DaysIn(int(parts[0]), int(parts[1]))) || !(sec >= 0 && sec < 60) {
		return value.Null(value.TypeDatetime)
	}
	t := value.DatetimeOf(time.Date(int(parts[0]), time.Month(parts[1]), int(parts[2]), int(parts[3]), int(parts[4]), 0, 0, time.UTC))
	return datetime(t.Int + int64(math.Round(sec*value.Ticks)))
}

// makeTimespan takes hours and minutes, then seconds, or days before them all.
func makeTimespan(_ *Context, args []value.Value) value.Value {
	var days, sec float64
	hm := args
	switch len(args) {
	case 3:
		hm, sec = args[:2], float(args[2])
	case 4:
		days, hm, sec = float(args[0]), args[1:3], float(args[3])
	}
	h, m := float(hm[0]), float(hm[1])
	if h < 0 || h >= 24 || m < 0 || m >= 60 || sec < 0 || sec >= 60 || days < 0 {
		return value.Null(value.TypeTimespan)
	}
	return timespan(math.Floor(days)*value.TicksDay + math.Floor(h)*value.TicksHour + math.Floor(m)*value.TicksMinute + math.Round(sec*value.Ticks))
}
