package fn

import "github.com/lynceus-io/lynceus/kql/value"

// windows are functions of rows in an order: what they give depends on the
// rows before.
func windows() []*Func {
	window := func(name string, least, most int, result func([]Arg) (value.Type, error), make func() func(args []value.Value) value.Value) *Func {
		return &Func{Name: name, Min: least, Max: most, Volatile: true, Result: result,
			Eval: func(_ *Context, args []value.Value) value.Value { return make()(args) },
			Window: func() func(*Context, []value.Value) value.Value {
				step := make()
				return func(_ *Context, args []value.Value) value.Value { return step(args) }
			}}
	}
	rank := takes(value.TypeLong, anyArg, flag)
	return []*Func{
		window("row_number", 0, 2, takes(value.TypeLong, whole, flag), rowNumber),
		window("row_cumsum", 1, 2, func(args []Arg) (value.Type, error) {
			t := args[0].Type
			if integer(t) {
				t = value.TypeLong
			}
			if t == value.TypeTimespan {
				return t, check(args[1:], flag)
			}
			return t, check(args, number, flag)
		}, rowSum),
		window("row_rank_dense", 1, 2, rank, func() func([]value.Value) value.Value { return rowRank(true) }),
		window("row_rank_min", 1, 2, rank, func() func([]value.Value) value.Value { return rowRank(false) }),
		window("prev", 1, 3, func(args []Arg) (value.Type, error) {
			if len(args) > 1 {
				if err := check(args[1:2], whole); err != nil {
					return value.TypeNone, &ArgError{Index: 1, Reason: "must be how many rows to go back"}
				}
			}
			return args[0].Type, nil
		}, previous),
	}
}

// restarts reports whether the argument at i, where there is one, begins a
// new count.
func restarts(args []value.Value, i int) bool { return i < len(args) && isTrue(args[i]) }

func rowNumber() func([]value.Value) value.Value {
	n, first := int64(0), true
	return func(args []value.Value) value.Value {
		if first || restarts(args, 1) {
			if n = 1; len(args) > 0 {
				n = args[0].Int
			}
		} else {
			n++
		}
		first = false
		return value.Long(n)
	}
}

// rowSum leaves out nulls.
func rowSum() func([]value.Value) value.Value {
	sum := value.Value{}
	return func(args []value.Value) value.Value {
		v := args[0]
		if sum.Type == value.TypeNone || restarts(args, 1) {
			sum = value.Zero(v.Type)
		}
		if !v.Null {
			sum = add(sum, v)
		}
		return sum
	}
}

// rowRank counts values that differ from the one before, or gives the number
// of the first row of the equal ones.
func rowRank(dense bool) func([]value.Value) value.Value {
	var row, rank int64
	var key, last []byte
	return func(args []value.Value) value.Value {
		if restarts(args, 1) {
			row, rank = 0, 0
		}
		row++
		key = args[0].AppendKey(key[:0])
		switch {
		case rank > 0 && string(key) == string(last):
		case dense:
			rank++
		default:
			rank = row
		}
		last = append(last[:0], key...)
		return value.Long(rank)
	}
}

// maxBack is how many rows prev can go back.
const maxBack = 1 << 16

// previous gives the value of a row before, or the default.
func previous() func([]value.Value) value.Value {
	var ring []value.Value // the latest rows, the oldest of them at next
	next := 0
	return func(args []value.Value) value.Value {
		back := 1
		if len(args) > 1 {
			back = int(min(max(args[1].Int, 1), maxBack))
		}
		v := value.Null(args[0].Type)
		if len(args) > 2 {
			v = args[2]
		}
		if len(ring) < back {
			ring = append(ring, args[0])
			return v
		}
		v, ring[next] = ring[next], args[0]
		next = (next + 1) % back
		return v
	}
}
