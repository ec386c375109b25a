package expr

import (
	"fmt"
	"time"
)

// of returns one part of a point in time, in UTC.
func (p TimePart) of(ns int64) int64 {
	t := time.Unix(0, ns).UTC()
	switch p {
	case PartMinute:
		return int64(t.Minute())
	case PartHour:
		return int64(t.Hour())
	case PartDay:
		return int64(t.Day())
	case PartWeek:
		_, week := t.ISOWeek()
		return int64(week)
	case PartMonth:
		return int64(t.Month())
	case PartYear:
		return int64(t.Year())
	}
	return ns
}

// literal is a predicate's text as the number or the time it reads as.
type literal struct {
	number number
	isNum  bool
	ns     int64
	isTime bool
}

func readLiteral(text string) literal {
	var l literal
	l.number, l.isNum = parseNumber(text)
	l.ns, l.isTime = parseTime(text)
	return l
}

// partTest compares a part of a time with a number.
type partTest struct {
	part TimePart
	op   Op
	want number
}

func newPartTest(p *Pred) (valueTest, error) {
	want, ok := parseNumber(p.Text)
	switch {
	case p.Part > PartYear:
		return nil, fmt.Errorf("there is no part %d of a time", p.Part)
	case !ok:
		return nil, fmt.Errorf("a part of a time is compared with a number, not with %q", p.Text)
	}
	switch p.Op {
	case OpEq, OpLt, OpLe, OpGt, OpGe:
		return &partTest{p.Part, p.Op, want}, nil
	}
	return nil, fmt.Errorf("a part of a time can be compared for equality and order only")
}

func (t *partTest) holds(a *arena, c *cell) bool {
	ns, ok := c.moment()
	return ok && ordered(t.op, compare(wholeNumber(t.part.of(ns)), t.want))
}
