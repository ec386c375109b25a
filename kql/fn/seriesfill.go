package fn

import (
	"math"

	"github.com/lynceus-io/lynceus/kql/value"
)

// missing reports whether an element is what has to be filled in: null, or
// the value that stands for it.
func missing(item *value.Node, placeholder []value.Value) bool {
	if len(placeholder) > 0 && !placeholder[0].Null {
		return value.EqualNodes(item, value.FromValue(placeholder[0]))
	}
	return item == nil
}

// fillConst takes the array, a constant and what stands for a missing value.
func fillConst(_ *Context, args []value.Value) value.Value {
	if !args[0].Node.IsArray() {
		return value.Null(value.TypeDynamic)
	}
	items := append([]*value.Node{}, args[0].Node.Items...)
	for i, item := range items {
		if missing(item, args[2:]) {
			items[i] = value.FromValue(args[1])
		}
	}
	return value.Dynamic(value.Array(items))
}

// fillFrom fills with the last value before, or the first one after.
func fillFrom(args []value.Value, backward bool) value.Value {
	if !args[0].Node.IsArray() {
		return value.Null(value.TypeDynamic)
	}
	items := append([]*value.Node{}, args[0].Node.Items...)
	var last *value.Node
	for k := range items {
		i := k
		if backward {
			i = len(items) - 1 - k
		}
		if !missing(items[i], args[1:]) {
			last = items[i]
		} else if last != nil {
			items[i] = last
		}
	}
	return value.Dynamic(value.Array(items))
}

// seriesStats gives least, greatest, mean and spread of the numbers. Where an
// element is no finite number the result is null, unless the second argument
// says to leave it out.
func seriesStats(_ *Context, args []value.Value) value.Value {
	if !args[0].Node.IsArray() {
		return value.Null(value.TypeDynamic)
	}
	least, most, at, to := math.Inf(1), math.Inf(-1), 0, 0
	var m moments
	sum := 0.0
	for i, item := range args[0].Node.Items {
		v, ok := numeric(item)
		x := float(v)
		if !ok || math.IsNaN(x) || math.IsInf(x, 0) {
			if len(args) > 1 && isTrue(args[1]) {
				continue
			}
			return value.Null(value.TypeDynamic)
		}
		if x < least {
			least, at = x, i
		}
		if x > most {
			most, to = x, i
		}
		sum += x
		m.Add([]value.Value{value.Real(x)})
	}
	if m.n == 0 {
		return value.Null(value.TypeDynamic)
	}
	var bag value.Bag
	real := func(name string, x float64) { bag.Set(name, value.FromValue(value.Real(x))) }
	real("min", least)
	bag.Set("min_idx", value.FromValue(value.Long(int64(at))))
	real("max", most)
	bag.Set("max_idx", value.FromValue(value.Long(int64(to))))
	real("avg", sum/m.n)
	variance := m.Result().Float
	real("stdev", math.Sqrt(variance))
	real("variance", variance)
	real("sum", sum)
	bag.Set("len", value.FromValue(value.Long(int64(len(args[0].Node.Items)))))
	return value.Dynamic(bag.Node())
}
