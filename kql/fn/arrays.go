package fn

import (
	"slices"

	"github.com/lynceus-io/lynceus/kql/value"
)

func arrays() []*Func {
	// array makes a function of an array and more, null where it is none.
	array := func(name string, least, most int, f func(items []*value.Node, args []value.Value) []*value.Node, more ...param) *Func {
		return lax(name, least, most, value.TypeDynamic, append([]param{dyn}, more...), func(_ *Context, args []value.Value) value.Value {
			if !args[0].Node.IsArray() {
				return value.Null(value.TypeDynamic)
			}
			items := f(args[0].Node.Items, args[1:])
			if items == nil {
				return value.Null(value.TypeDynamic)
			}
			return value.Dynamic(value.Array(items))
		})
	}
	return []*Func{
		lax("array_length", 1, 1, value.TypeLong, []param{dyn}, func(_ *Context, args []value.Value) value.Value {
			if !args[0].Node.IsArray() {
				return value.Null(value.TypeLong)
			}
			return value.Long(int64(len(args[0].Node.Items)))
		}),
		lax("array_sum", 1, 1, value.TypeReal, []param{dyn}, arraySum),
		lax("array_concat", 1, -1, value.TypeDynamic, []param{dyn}, arrayConcat),
		lax("array_index_of", 2, 5, value.TypeLong, []param{dyn, anyArg, whole}, arrayIndexOf),
		lax("array_iff", 3, 3, value.TypeDynamic, []param{dyn, anyArg, anyArg}, arrayIff),
		array("array_slice", 3, 3, func(items []*value.Node, args []value.Value) []*value.Node {
			n := int64(len(items))
			from, to := bound(args[0], n, 0), bound(args[1], n, n-1)
			from = max(from, 0)
			if to = min(to, n-1); from > to {
				return []*value.Node{}
			}
			return items[from : to+1]
		}, whole),
		array("array_reverse", 1, 1, func(items []*value.Node, _ []value.Value) []*value.Node {
			items = slices.Clone(items)
			slices.Reverse(items)
			return items
		}),
		array("array_rotate_left", 2, 2, func(items []*value.Node, args []value.Value) []*value.Node { return rotate(items, args[0].Int) }, whole),
		array("array_rotate_right", 2, 2, func(items []*value.Node, args []value.Value) []*value.Node { return rotate(items, -args[0].Int) }, whole),
		array("array_shift_left", 2, 3, func(items []*value.Node, args []value.Value) []*value.Node { return shift(items, args, 1) }, whole, anyArg),
		array("array_shift_right", 2, 3, func(items []*value.Node, args []value.Value) []*value.Node { return shift(items, args, -1) }, whole, anyArg),
		array("array_split", 2, 2, arraySplit, anyArg),
		array("array_sort_asc", 1, 2, func(items []*value.Node, args []value.Value) []*value.Node { return sortItems(items, args, 1) }, flag),
		array("array_sort_desc", 1, 2, func(items []*value.Node, args []value.Value) []*value.Node { return sortItems(items, args, -1) }, flag),
	}
}

// bound counts a negative index from the end; null stands for otherwise.
func bound(v value.Value, n, otherwise int64) int64 {
	switch {
	case v.Null:
		return otherwise
	case v.Int < 0:
		return v.Int + n
	}
	return v.Int
}

func arraySum(_ *Context, args []value.Value) value.Value {
	if !args[0].Node.IsArray() {
		return value.Null(value.TypeReal)
	}
	sum := 0.0
	for _, item := range args[0].Node.Items {
		v := item.Value().Unwrap()
		if v.Null || !number.accepts(v.Type) {
			return value.Null(value.TypeReal)
		}
		sum += float(v)
	}
	return value.Real(sum)
}

// arrayConcat leaves out what is no array.
func arrayConcat(_ *Context, args []value.Value) value.Value {
	var all []*value.Node
	for _, v := range args {
		if v.Node.IsArray() {
			all = append(all, v.Node.Items...)
		}
	}
	if len(all) > MaxItems {
		all = all[:MaxItems]
	}
	return value.Dynamic(value.Array(all))
}

// arrayIndexOf takes the array, the value, where to start, how many elements
// to look at (-1 for all) and which occurrence is wanted.
func arrayIndexOf(_ *Context, args []value.Value) value.Value {
	if !args[0].Node.IsArray() {
		return value.Null(value.TypeLong)
	}
	items := args[0].Node.Items
	from, length, occurrence := int64(0), int64(-1), int64(1)
	for i, to := range []*int64{&from, &length, &occurrence} {
		if i+2 < len(args) && !args[i+2].Null {
			*to = args[i+2].Int
		}
	}
	n := int64(len(items))
	if from < 0 {
		from = max(0, from+n)
	}
	end := n
	if length >= 0 {
		end = min(n, from+length)
	}
	want := value.FromValue(args[1])
	for i := from; i < end; i++ {
		if value.EqualNodes(items[i], want) {
			if occurrence--; occurrence == 0 {
				return value.Long(i)
			}
		}
	}
	return value.Long(-1)
}

// arrayIff chooses element by element; a branch that is no array is the same
// for all.
func arrayIff(_ *Context, args []value.Value) value.Value {
	if !args[0].Node.IsArray() {
		return value.Null(value.TypeDynamic)
	}
	pick := func(v value.Value, i int) *value.Node {
		n := value.FromValue(v)
		if n.IsArray() {
			return n.Index(int64(i))
		}
		return n
	}
	items := make([]*value.Node, len(args[0].Node.Items))
	for i, cond := range args[0].Node.Items {
		switch c := value.Convert(cond.Value(), value.TypeBool); {
		case c.Null:
		case c.True():
			items[i] = pick(args[1], i)
		default:
			items[i] = pick(args[2], i)
		}
	}
	return value.Dynamic(value.Array(items))
}

func rotate(items []*value.Node, n int64) []*value.Node {
	if len(items) == 0 {
		return items
	}
	k, _ := modulo(n, int64(len(items)))
	return slices.Concat(items[k:], items[:k])
}

// shift moves elements by args[0] and fills with args[1], else null.
func shift(items []*value.Node, args []value.Value, sign int64) []*value.Node {
	if args[0].Null {
		return nil
	}
	var fill *value.Node
	if len(args) > 1 {
		fill = value.FromValue(args[1])
	}
	out := make([]*value.Node, len(items))
	for i := range out {
		if from := int64(i) + sign*args[0].Int; from >= 0 && from < int64(len(items)) {
			out[i] = items[from]
		} else {
			out[i] = fill
		}
	}
	return out
}

// arraySplit cuts before the index, or before each of several.
func arraySplit(items []*value.Node, args []value.Value) []*value.Node {
	at := []*value.Node{value.FromValue(args[0])}
	if at[0].IsArray() {
		at = at[0].Items
	}
	var parts []*value.Node
	start, n := int64(0), int64(len(items))
	for _, item := range at {
		i := bound(value.Convert(item.Value(), value.TypeLong), n, 0)
		i = min(max(i, start), n)
		parts = append(parts, value.Array(items[start:i]))
		start = i
	}
	return append(parts, value.Array(items[start:]))
}

// sortItems sorts a copy, nulls last unless args[0] is false. Only elements
// of one type have an order; others keep their places by type.
func sortItems(items []*value.Node, args []value.Value, sign int) []*value.Node {
	nullsLast := len(args) == 0 || isTrue(args[0])
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b *value.Node) int {
		switch {
		case a == nil && b == nil:
			return 0
		case a == nil || b == nil:
			if (a == nil) == nullsLast {
				return 1
			}
			return -1
		}
		return sign * value.Order(a.Value(), b.Value())
	})
	return items
}
