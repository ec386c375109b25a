package fn

import (
	"math"
	"math/bits"

	"github.com/lynceus-io/lynceus/kql/value"
)

func sums() []*Agg {
	sum := &Agg{Name: "sum", Min: 1, Max: 1, Result: sumResult, New: func(args []Arg) Accumulator { return newSummer(args, false) }}
	avg := &Agg{Name: "avg", Min: 1, Max: 1, Result: avgResult, New: func(args []Arg) Accumulator { return newSummer(args, true) }}
	return []*Agg{sum, sum.when("sumif", 1), avg, avg.when("avgif", 1)}
}

func sumResult(args []Arg) (value.Type, error) {
	switch t := args[0].Type; t {
	case value.TypeInt, value.TypeBool:
		return value.TypeLong, nil
	case value.TypeTimespan:
		return t, nil
	case value.TypeDynamic:
		return value.TypeReal, nil
	default:
		return t, check(args, number)
	}
}

func avgResult(args []Arg) (value.Type, error) {
	switch t := args[0].Type; t {
	case value.TypeTimespan, value.TypeDatetime, value.TypeDecimal:
		return t, nil
	case value.TypeDynamic:
		return value.TypeReal, nil
	default:
		return value.TypeReal, check(args, number)
	}
}

// exact returns the sum of whole values, which may be more than 64 bits have.
func (s *summer) exact() float64 {
	if s.high == s.whole>>63 {
		return float64(s.whole)
	}
	return math.Ldexp(float64(s.high), 64) + float64(uint64(s.whole))
}

// summer adds up values that are not null. Reals are summed with Neumaier's
// compensation, so that the order of rows hardly matters.
type summer struct {
	of      value.Type
	mean    bool
	n       int64
	whole   int64
	high    int64 // the sum of whole values above its low 64 bits
	real    float64
	lost    float64 // low digits that real could not take
	decimal value.Value
}

func newSummer(args []Arg, mean bool) *summer {
	return &summer{of: args[0].Type, mean: mean, decimal: value.Long(0)}
}

func (s *summer) Add(args []value.Value) {
	v := args[0].Unwrap()
	if v.Null || s.of == value.TypeDynamic && !number.accepts(v.Type) {
		return
	}
	s.n++
	switch s.of {
	case value.TypeReal, value.TypeDynamic:
		s.addReal(float(v))
	case value.TypeDecimal:
		s.decimal = value.DecimalOp('+', s.decimal, v)
	default:
		low, carry := bits.Add64(uint64(s.whole), uint64(v.Int), 0)
		s.whole, s.high = int64(low), s.high+v.Int>>63+int64(carry)
	}
}

func (s *summer) addReal(f float64) {
	sum := s.real + f
	if d := sum - s.real; sum-sum == 0 { // finite
		s.lost += (s.real - (sum - d)) + (f - d)
	}
	s.real = sum
}

func (s *summer) Result() value.Value {
	total := s.real
	if total-total == 0 {
		total += s.lost
	}
	switch s.of {
	case value.TypeReal, value.TypeDynamic:
		if s.mean {
			return value.Real(total / float64(s.n))
		}
		return value.Real(total)
	case value.TypeDecimal:
		if s.mean {
			return value.DecimalOp('/', s.decimal, value.Long(s.n))
		}
		return value.Convert(s.decimal, s.of)
	case value.TypeTimespan, value.TypeDatetime:
		if !s.mean {
			return value.Timespan(s.whole)
		}
		if s.n == 0 {
			return value.Null(s.of)
		}
		return value.Value{Type: s.of, Int: int64(s.exact() / float64(s.n))}
	}
	if s.mean {
		return value.Real(s.exact() / float64(s.n))
	}
	return value.Long(s.whole)
}

func (s *summer) Size() int { return headSize }
