package fn

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/bits"

	"github.com/lynceus-io/lynceus/kql/value"
)

func mathFuncs() []*Func {
	// real makes a function that is null where f has no value.
	real := func(name string, f func(float64) float64, domain func(float64) bool) *Func {
		return def(name, 1, 1, value.TypeReal, []param{number}, func(_ *Context, args []value.Value) value.Value {
			x := float(args[0])
			if domain != nil && !domain(x) {
				return value.Null(value.TypeReal)
			}
			return value.Real(f(x))
		})
	}
	test := func(name string, f func(float64) bool) *Func {
		return def(name, 1, 1, value.TypeBool, []param{number}, func(_ *Context, args []value.Value) value.Value {
			return value.Bool(f(float(args[0])))
		})
	}
	two := func(name string, f func(x, y float64) float64) *Func {
		return def(name, 2, 2, value.TypeReal, []param{number}, func(_ *Context, args []value.Value) value.Value {
			return value.Real(f(float(args[0]), float(args[1])))
		})
	}
	unit := func(x float64) bool { return x >= -1 && x <= 1 }
	notNegative := func(x float64) bool { return x >= 0 }
	return []*Func{
		real("acos", math.Acos, unit), real("asin", math.Asin, unit), real("atan", math.Atan, nil), real("cos", math.Cos, nil),
		real("sin", math.Sin, nil), real("tan", math.Tan, nil), real("cot", func(x float64) float64 { return 1 / math.Tan(x) }, nil),
		real("degrees", func(x float64) float64 { return x * 180 / math.Pi }, nil), real("radians", func(x float64) float64 { return x * math.Pi / 180 }, nil),
		real("exp", math.Exp, nil), real("exp2", math.Exp2, nil), real("exp10", func(x float64) float64 { return math.Pow(10, x) }, nil),
		real("log", math.Log, notNegative), real("log2", math.Log2, notNegative), real("log10", math.Log10, notNegative), real("sqrt", math.Sqrt, notNegative),
		real("erf", math.Erf, nil), real("erfc", math.Erfc, nil), real("gamma", math.Gamma, nil),
		real("loggamma", func(x float64) float64 { v, _ := math.Lgamma(x); return v }, nil),
		real("ceiling", math.Ceil, nil), real("sign", sign, nil),
		two("atan2", math.Atan2), two("pow", math.Pow),
		lax("pi", 0, 0, value.TypeReal, nil, func(*Context, []value.Value) value.Value { return value.Real(math.Pi) }),
		test("isnan", math.IsNaN), test("isinf", func(x float64) bool { return math.IsInf(x, 0) }),
		test("isfinite", func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }),
		{Name: "abs", Min: 1, Max: 1, Result: sameNumber, Eval: nullable(func(a, _ value.Value) value.Value { return absolute(a) })},
		typed(lax("round", 1, 2, value.TypeReal, nil, round), func(args []Arg) (value.Type, error) {
			if err := check(args, number, whole); err != nil || args[0].Type == value.TypeDecimal {
				return args[0].Type, err
			}
			return value.TypeReal, nil
		}),
		{Name: "rand", Max: 1, Volatile: true, Result: takes(value.TypeReal, whole), Eval: random},
		{Name: "new_guid", Volatile: true, Result: takes(value.TypeGuid, anyArg), Eval: newGuid},
		betaFunc("beta_cdf", betaCDF), betaFunc("beta_inv", betaInv), betaFunc("beta_pdf", betaPDF),
	}
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

func absolute(a value.Value) value.Value {
	switch a.Type {
	case value.TypeReal:
		return value.Real(math.Abs(a.Float))
	case value.TypeDecimal:
		if a.Text[0] == '-' {
			a.Text = a.Text[1:]
		}
		return a
	}
	a.Int = max(a.Int, -a.Int)
	return a
}

// round takes the number of decimal places, which may be negative; halves go
// away from zero.
func round(_ *Context, args []value.Value) value.Value {
	places := int64(0)
	if len(args) > 1 {
		places = args[1].Int
	}
	if args[0].Null || len(args) > 1 && args[1].Null || places > 300 || places < -300 {
		return value.Null(value.TypeReal)
	}
	x, scale := float(args[0]), math.Pow(10, float64(places))
	r := math.Round(x*scale) / scale
	if math.IsInf(r, 0) || math.IsNaN(r) {
		r = x
	}
	if args[0].Type == value.TypeDecimal {
		return value.Convert(value.Real(r), value.TypeDecimal)
	}
	return value.Real(r)
}

// random gives a real in [0, 1), or a whole number below the argument.
func random(_ *Context, args []value.Value) value.Value {
	var b [8]byte
	rand.Read(b[:])
	f := float64(binary.LittleEndian.Uint64(b[:])>>11) / (1 << 53)
	if len(args) > 0 && args[0].Int > 0 {
		f = math.Floor(f * float64(args[0].Int))
	}
	return value.Real(f)
}

func newGuid(*Context, []value.Value) value.Value {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // version 4
	v, _ := value.ParseGuid(hex.EncodeToString(b[:]))
	return v
}

func bitFuncs() []*Func {
	two := func(name string, f func(a, b int64) int64) *Func {
		return def(name, 2, 2, value.TypeLong, []param{whole}, func(_ *Context, args []value.Value) value.Value {
			return value.Long(f(args[0].Int, args[1].Int))
		})
	}
	one := func(name string, f func(a int64) int64) *Func {
		return def(name, 1, 1, value.TypeLong, []param{whole}, func(_ *Context, args []value.Value) value.Value {
			return value.Long(f(args[0].Int))
		})
	}
	shift := func(n int64) uint { return uint(n & 63) }
	return []*Func{
		two("binary_and", func(a, b int64) int64 { return a & b }), two("binary_or", func(a, b int64) int64 { return a | b }), two("binary_xor", func(a, b int64) int64 { return a ^ b }),
		two("binary_shift_left", func(a, b int64) int64 { return a << shift(b) }), two("binary_shift_right", func(a, b int64) int64 { return a >> shift(b) }),
		one("binary_not", func(a int64) int64 { return ^a }), one("bitset_count_ones", func(a int64) int64 { return int64(bits.OnesCount64(uint64(a))) }),
	}
}
