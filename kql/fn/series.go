package fn

import (
	"math"

	"github.com/lynceus-io/lynceus/kql/value"
)

// seriesFuncs work element by element on arrays of numbers. Where an element
// is no number the result's element is null.
func seriesFuncs() []*Func {
	all := []*Func{
		seriesMap("series_abs", func(v value.Value) value.Value { return absolute(v) }),
		seriesReal("series_acos", math.Acos), seriesReal("series_asin", math.Asin), seriesReal("series_atan", math.Atan),
		seriesReal("series_ceiling", math.Ceil), seriesReal("series_floor", math.Floor), seriesReal("series_cos", math.Cos), seriesReal("series_sin", math.Sin), seriesReal("series_tan", math.Tan),
		seriesReal("series_exp", math.Exp), seriesReal("series_log", math.Log), seriesReal("series_sign", sign),
		seriesPair("series_add", add), seriesPair("series_subtract", subtract), seriesPair("series_multiply", multiply),
		seriesPair("series_divide", func(a, b value.Value) value.Value { return value.Real(float(a) / float(b)) }),
		seriesPair("series_pow", func(a, b value.Value) value.Value { return value.Real(math.Pow(float(a), float(b))) }),
		seriesFold("series_sum", 0, func(sum, x float64) float64 { return sum + x }),
		seriesFold("series_product", 1, func(product, x float64) float64 { return product * x }),
		lax("series_magnitude", 1, 1, value.TypeReal, []param{dyn}, func(_ *Context, args []value.Value) value.Value {
			return dot(args[0].Node, args[0].Node, math.Sqrt)
		}),
		lax("series_dot_product", 2, 2, value.TypeReal, []param{dyn}, func(_ *Context, args []value.Value) value.Value {
			return dot(args[0].Node, args[1].Node, func(x float64) float64 { return x })
		}),
		lax("series_cosine_similarity", 2, 2, value.TypeReal, []param{dyn}, cosine),
		lax("series_pearson_correlation", 2, 2, value.TypeReal, []param{dyn}, pearson),
		lax("series_fill_const", 2, 3, value.TypeDynamic, []param{dyn, anyArg, anyArg}, fillConst),
		lax("series_fill_forward", 1, 2, value.TypeDynamic, []param{dyn, anyArg}, func(_ *Context, args []value.Value) value.Value { return fillFrom(args, false) }),
		lax("series_fill_backward", 1, 2, value.TypeDynamic, []param{dyn, anyArg}, func(_ *Context, args []value.Value) value.Value { return fillFrom(args, true) }),
		lax("series_stats_dynamic", 1, 2, value.TypeDynamic, []param{dyn, flag}, seriesStats),
	}
	for name, holds := range map[string]func(c int) bool{
		"equals": func(c int) bool { return c == 0 }, "not_equals": func(c int) bool { return c != 0 }, "less": func(c int) bool { return c < 0 },
		"less_equals": func(c int) bool { return c <= 0 }, "greater": func(c int) bool { return c > 0 }, "greater_equals": func(c int) bool { return c >= 0 },
	} {
		all = append(all, seriesPair("series_"+name, func(a, b value.Value) value.Value {
			c, ok := value.Compare(a, b)
			return value.Bool(ok && holds(c))
		}))
	}
	return all
}

// numeric returns an element that is a number.
func numeric(n *value.Node) (value.Value, bool) {
	v := n.Value().Unwrap()
	return v, !v.Null && v.Type.Numeric()
}

func seriesMap(name string, f func(value.Value) value.Value) *Func {
	return lax(name, 1, 1, value.TypeDynamic, []param{dyn}, func(_ *Context, args []value.Value) value.Value {
		if !args[0].Node.IsArray() {
			return value.Null(value.TypeDynamic)
		}
		items := make([]*value.Node, len(args[0].Node.Items))
		for i, item := range args[0].Node.Items {
			if v, ok := numeric(item); ok {
				items[i] = value.FromValue(f(v))
			}
		}
		return value.Dynamic(value.Array(items))
	})
}

func seriesReal(name string, f func(float64) float64) *Func {
	return seriesMap(name, func(v value.Value) value.Value { return value.Real(f(float(v))) })
}

// seriesPair makes a function of two arrays, or of one and a number.
func seriesPair(name string, f func(a, b value.Value) value.Value) *Func {
	return lax(name, 2, 2, value.TypeDynamic, []param{anyArg}, func(_ *Context, args []value.Value) value.Value {
		a, b := value.FromValue(args[0]), value.FromValue(args[1])
		if !a.IsArray() && !b.IsArray() {
			return value.Null(value.TypeDynamic)
		}
		n := 0
		pick := func(n *value.Node, i int) *value.Node {
			if n.IsArray() {
				return n.Index(int64(i))
			}
			return n
		}
		for _, s := range []*value.Node{a, b} {
			if s.IsArray() {
				n = max(n, len(s.Items))
			}
		}
		items := make([]*value.Node, n)
		for i := range items {
			x, ok1 := numeric(pick(a, i))
			y, ok2 := numeric(pick(b, i))
			if ok1 && ok2 {
				items[i] = value.FromValue(f(x, y))
			}
		}
		return value.Dynamic(value.Array(items))
	})
}

// reals returns the numbers of an array; false where an element is none.
func reals(n *value.Node) ([]float64, bool) {
	if !n.IsArray() {
		return nil, false
	}
	out := make([]float64, len(n.Items))
	for i, item := range n.Items {
		v, ok := numeric(item)
		if !ok {
			return nil, false
		}
		out[i] = float(v)
	}
	return out, true
}

func seriesFold(name string, start float64, f func(acc, x float64) float64) *Func {
	return lax(name, 1, 1, value.TypeReal, []param{dyn}, func(_ *Context, args []value.Value) value.Value {
		xs, ok := reals(args[0].Node)
		if !ok {
			return value.Null(value.TypeReal)
		}
		acc := start
		for _, x := range xs {
			acc = f(acc, x)
		}
		return value.Real(acc)
	})
}

func dot(a, b *value.Node, finish func(float64) float64) value.Value {
	xs, ok1 := reals(a)
	ys, ok2 := reals(b)
	if !ok1 || !ok2 || len(xs) != len(ys) {
		return value.Null(value.TypeReal)
	}
	sum := 0.0
	for i, x := range xs {
		sum += x * ys[i]
	}
	return value.Real(finish(sum))
}

func cosine(_ *Context, args []value.Value) value.Value {
	self := func(x float64) float64 { return x }
	a, b := args[0].Node, args[1].Node
	ab, aa, bb := dot(a, b, self), dot(a, a, math.Sqrt), dot(b, b, math.Sqrt)
	if ab.Null {
		return ab
	}
	return value.Real(ab.Float / (aa.Float * bb.Float))
}

func pearson(_ *Context, args []value.Value) value.Value {
	xs, ok1 := reals(args[0].Node)
	ys, ok2 := reals(args[1].Node)
	if !ok1 || !ok2 || len(xs) != len(ys) || len(xs) == 0 {
		return value.Null(value.TypeReal)
	}
	xy, xx, yy := moments{pair: true, population: true}, moments{population: true}, moments{population: true}
	for i := range xs {
		x, y := value.Real(xs[i]), value.Real(ys[i])
		xy.Add([]value.Value{x, y})
		xx.Add([]value.Value{x})
		yy.Add([]value.Value{y})
	}
	return value.Real(xy.sum / math.Sqrt(xx.sum*yy.sum))
}
