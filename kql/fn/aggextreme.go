package fn

import "github.com/lynceus-io/lynceus/kql/value"

func extremes() []*Agg {
	of := func(name string, sign int) *Agg {
		return &Agg{Name: name, Min: 1, Max: 1, Result: firstType, New: func(args []Arg) Accumulator {
			return &extremum{sign: sign, best: value.Null(args[0].Type)}
		}}
	}
	arg := func(name string, sign int) *Agg {
		return &Agg{Name: name, Min: 2, Max: -1, Result: func(args []Arg) (value.Type, error) { return args[1].Type, nil },
			New: func(args []Arg) Accumulator { return &argExtremum{sign: sign, best: value.Null(args[1].Type)} }}
	}
	take := func(name string) *Agg {
		return &Agg{Name: name, Min: 1, Max: -1, Result: firstType, New: func(args []Arg) Accumulator {
			return &taker{best: value.Null(args[0].Type)}
		}}
	}
	least, most := of("min", -1), of("max", 1)
	return []*Agg{least, most, least.when("minif", 1), most.when("maxif", 1), arg("arg_max", 1), arg("arg_min", -1),
		arg("argmax", 1), arg("argmin", -1), take("take_any"), take("any"), take("take_any").when("take_anyif", 1), take("any").when("anyif", 1)}
}

func firstType(args []Arg) (value.Type, error) { return args[0].Type, nil }

// extremum keeps the least or greatest value that is not null; of strings the
// empty one counts.
type extremum struct {
	sign int
	any  bool
	best value.Value
}

func (e *extremum) Add(args []value.Value) {
	v := args[0]
	if v.Null {
		return
	}
	if !e.any || e.best.Missing() || !v.Missing() && value.Order(v, e.best)*e.sign > 0 {
		e.any, e.best = true, v
	}
}

func (e *extremum) Result() value.Value { return e.best }
func (e *extremum) Size() int           { return headSize + e.best.Size() }

// argExtremum keeps what a row returns, the row that is greatest or least by
// the first argument. Its arguments are (by, returned, tie ...). Rows whose
// by is null count only while there is no other, and then, as between rows
// with the greatest by, the greatest by tie wins; between rows with the least
// by the least by tie does.
type argExtremum struct {
	sign int
	any  bool
	by   value.Value
	tie  []value.Value
	best value.Value
}

func (a *argExtremum) Add(args []value.Value) {
	if a.any && !a.better(args) {
		return
	}
	a.any, a.by, a.best = true, args[0], args[1]
	a.tie = append(a.tie[:0], args[2:]...)
}

func (a *argExtremum) better(args []value.Value) bool {
	by := args[0]
	if by.Missing() != a.by.Missing() {
		return a.by.Missing()
	}
	sign := a.sign
	if by.Missing() {
		sign = 1
	} else if c := value.Order(by, a.by) * sign; c != 0 {
		return c > 0
	}
	return compareRows(args[2:], a.tie)*sign > 0
}

// compareRows compares rows by their first values that differ.
func compareRows(a, b []value.Value) int {
	for i := range a {
		if c := value.Order(a[i], b[i]); c != 0 {
			return c
		}
	}
	return 0
}

func (a *argExtremum) Result() value.Value { return a.best }

func (a *argExtremum) Size() int {
	n := headSize + a.by.Size() + a.best.Size()
	for _, v := range a.tie {
		n += v.Size()
	}
	return n
}

// taker keeps the value of the row that is least by tie, one that is not null
// where there is one. Its arguments are (value, tie ...).
type taker struct {
	any  bool
	tie  []value.Value
	best value.Value
}

func (t *taker) Add(args []value.Value) {
	null := args[0].Null
	if t.any {
		if null != t.best.Null {
			if null {
				return
			}
		} else if compareRows(args[1:], t.tie) >= 0 {
			return
		}
	}
	t.any, t.best = true, args[0]
	t.tie = append(t.tie[:0], args[1:]...)
}

func (t *taker) Result() value.Value { return t.best }

func (t *taker) Size() int {
	n := headSize + t.best.Size()
	for _, v := range t.tie {
		n += v.Size()
	}
	return n
}
