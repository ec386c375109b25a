package fn

import (
	"math"
	"time"

	"github.com/lynceus-io/lynceus/kql/value"
)

func timeFuncs() []*Func {
	part := func(name string, f func(t time.Time) int) *Func {
		return def(name, 1, 1, value.TypeLong, []param{when}, func(_ *Context, args []value.Value) value.Value {
			return value.Long(int64(f(args[0].Time())))
		})
	}
	unix := func(name string, ticks float64) *Func {
		return def(name, 1, 1, value.TypeDatetime, []param{number}, func(_ *Context, args []value.Value) value.Value {
			return unixTime(args[0], ticks)
		})
	}
	return []*Func{
		lax("now", 0, 1, value.TypeDatetime, []param{span}, func(c *Context, args []value.Value) value.Value {
			if len(args) == 0 {
				return value.Datetime(c.Now)
			}
			return add(value.Datetime(c.Now), args[0])
		}),
		def("ago", 1, 1, value.TypeDatetime, []param{span}, func(c *Context, args []value.Value) value.Value {
			return datetime(c.Now - args[0].Int)
		}),
		part("dayofmonth", time.Time.Day), part("dayofyear", time.Time.YearDay), part("hourofday", time.Time.Hour),
		part("monthofyear", func(t time.Time) int { return int(t.Month()) }), part("getyear", time.Time.Year),
		part("weekofyear", func(t time.Time) int { _, w := t.ISOWeek(); return w }),
		def("dayofweek", 1, 1, value.TypeTimespan, []param{when}, func(_ *Context, args []value.Value) value.Value {
			return value.Timespan(int64(args[0].Time().Weekday()) * value.TicksDay)
		}),
		def("datetime_part", 2, 2, value.TypeLong, []param{text, when}, datetimePart),
		def("datetime_add", 3, 3, value.TypeDatetime, []param{text, whole, when}, datetimeAdd),
		def("datetime_diff", 3, 3, value.TypeLong, []param{text, when, when}, datetimeDiff),
		def("make_datetime", 1, 7, value.TypeDatetime, []param{number}, makeDatetime),
		def("make_timespan", 2, 4, value.TypeTimespan, []param{number}, makeTimespan),
		unix("unixtime_seconds_todatetime", value.Ticks), unix("unixtime_milliseconds_todatetime", value.Ticks/1e3),
		unix("unixtime_microseconds_todatetime", value.Ticks/1e6), unix("unixtime_nanoseconds_todatetime", value.Ticks/1e9),
		def("datetime_utc_to_local", 2, 2, value.TypeDatetime, []param{when, text}, func(c *Context, args []value.Value) value.Value {
			loc := c.zone(str(args[1]))
			if loc == nil {
				return value.Null(value.TypeDatetime)
			}
			_, offset := args[0].Time().In(loc).Zone()
			return datetime(args[0].Int + int64(offset)*value.Ticks)
		}),
		def("datetime_local_to_utc", 2, 2, value.TypeDatetime, []param{when, text}, localToUTC),
		edge("startofday", "day", 0), edge("startofweek", "week", 0), edge("startofmonth", "month", 0), edge("startofyear", "year", 0),
		edge("endofday", "day", 1), edge("endofweek", "week", 1), edge("endofmonth", "month", 1), edge("endofyear", "year", 1),
	}
}

// unixTime keeps whole numbers exact.
func unixTime(v value.Value, ticks float64) value.Value {
	if integer(v.Type) && ticks < 1 {
		return datetime(v.Int / int64(math.Round(1/ticks)))
	}
	if n := float(v) * ticks; n >= value.MinDatetime && n <= value.MaxDatetime {
		if integer(v.Type) {
			return value.Datetime(v.Int * int64(ticks))
		}
		return value.Datetime(int64(math.Round(n)))
	}
	return value.Null(value.TypeDatetime)
}

// localToUTC takes the earlier instant where a local time exists twice. One
// that a change of the clock leaves out is read by the clock after it.
func localToUTC(c *Context, args []value.Value) value.Value {
	loc := c.zone(str(args[1]))
	if loc == nil {
		return value.Null(value.TypeDatetime)
	}
	local := args[0].Time()
	offset := func(t time.Time) time.Duration {
		_, sec := t.In(loc).Zone()
		return time.Duration(sec) * time.Second
	}
	use, after := offset(local.Add(-24*time.Hour)), offset(local.Add(24*time.Hour))
	if offset(local.Add(-use)) != use {
		use = after
	}
	return datetime(args[0].Int - int64(use/100))
}

// edge makes a function that gives the first or last tick of a period, some
// periods away.
func edge(name, period string, last int64) *Func {
	return def(name, 1, 2, value.TypeDatetime, []param{when, whole}, func(_ *Context, args []value.Value) value.Value {
		offset := last
		if len(args) > 1 {
			offset += args[1].Int
		}
		if offset > 1<<32 || offset < -1<<32 {
			return value.Null(value.TypeDatetime)
		}
		start := addPeriod(startOf(period, args[0].Time()), period, offset)
		if start.Null {
			return start
		}
		return datetime(start.Int - last)
	})
}

// startOf returns the start of the day, week (Sunday), month or year of t.
func startOf(period string, t time.Time) time.Time {
	y, m, d := t.Date()
	switch period {
	case "week":
		d -= int(t.Weekday())
	case "month":
		d = 1
	case "year":
		m, d = 1, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// addPeriod adds n periods; a day that the month has not becomes its last.
func addPeriod(t time.Time, period string, n int64) value.Value {
	if ticks, ok := fixedPeriod(period); ok {
		sum := value.DatetimeOf(t)
		if n != 0 && (n > math.MaxInt64/ticks/2 || n < math.MinInt64/ticks/2) {
			return value.Null(value.TypeDatetime)
		}
		return datetime(sum.Int + n*ticks)
	}
	const most = 12 * 10000
	if n > most || n < -most {
		return value.Null(value.TypeDatetime)
	}
	var months int64
	switch period {
	case "month":
		months = n
	case "quarter":
		months = 3 * n
	case "year":
		months = 12 * n
	default:
		return value.Null(value.TypeDatetime)
	}
	total := int64(t.Year())*12 + int64(t.Month()) - 1 + months
	year, month := int(total/12), int(total%12)+1
	if year < 1 || year > 9999 {
		return value.Null(value.TypeDatetime)
	}
	day := min(t.Day(), value.DaysIn(year, month))
	return value.DatetimeOf(time.Date(year, time.Month(month), day, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC))
}

// fixedPeriod returns the ticks of a period that always has the same length.
func fixedPeriod(period string) (ticks int64, ok bool) {
	switch period {
	case "week":
		return 7 * value.TicksDay, true
	case "day":
		return value.TicksDay, true
	case "hour":
		return value.TicksHour, true
	case "minute":
		return value.TicksMinute, true
	case "second":
		return value.Ticks, true
	case "millisecond":
		return value.TicksMillisecond, true
	case "microsecond":
		return value.TicksMillisecond / 1000, true
	}
	return 0, false
}
