package fn

import (
	"slices"

	"github.com/lynceus-io/lynceus/kql/value"
)

// aggFamily is a Family with its aggregates.
type aggFamily struct {
	title string
	aggs  []*Agg
}

// aggFamilies are the aggregates by what they are about.
func aggFamilies() []aggFamily {
	return []aggFamily{
		{"counts", counts()}, {"sums", sums()}, {"extremes and examples", extremes()}, {"lists and sets", lists()}, {"percentiles", percentiles()},
		{"variances", variances()}, {"bits", bitAggs()},
	}
}

// AggFamilies returns the aggregates by what they are about.
func AggFamilies() []Family {
	var out []Family
	for _, f := range aggFamilies() {
		named := Family{Title: f.title}
		for _, a := range f.aggs {
			named.Names = append(named.Names, a.Name)
		}
		slices.Sort(named.Names)
		out = append(out, named)
	}
	return out
}

// headSize is what an accumulator takes by itself, roughly.
const headSize = 96

// agg makes an aggregate with one type of result.
func agg(name string, least, most int, result value.Type, params []param, make func() Accumulator) *Agg {
	return &Agg{Name: name, Min: least, Max: most, Result: takes(result, params...), New: func([]Arg) Accumulator { return make() }}
}

// when makes the variant of an aggregate that takes a condition, at the place
// given, and counts only the rows for which it is true.
func (a *Agg) when(name string, place int) *Agg {
	most := a.Max
	if most >= 0 {
		most++
	}
	without := func(args []Arg) []Arg {
		return append(append([]Arg{}, args[:place]...), args[place+1:]...)
	}
	return &Agg{Name: name, Min: a.Min + 1, Max: most,
		Result: func(args []Arg) (value.Type, error) {
			if !flag.accepts(args[place].Type) {
				return value.TypeNone, &ArgError{Index: place, Reason: "must be a condition, that is a bool"}
			}
			return a.Result(without(args))
		},
		New: func(args []Arg) Accumulator {
			return &conditional{Accumulator: a.New(without(args)), place: place}
		}}
}

// conditional passes on the rows whose condition is true.
type conditional struct {
	Accumulator
	place   int
	scratch []value.Value
}

func (c *conditional) Add(args []value.Value) {
	if isTrue(args[c.place]) {
		c.scratch = append(append(c.scratch[:0], args[:c.place]...), args[c.place+1:]...)
		c.Accumulator.Add(c.scratch)
	}
}

// bitAggs combine the bits of all values.
func bitAggs() []*Agg {
	bits := func(name string, op func(a, b int64) int64) *Agg {
		return agg(name, 1, 1, value.TypeLong, []param{whole}, func() Accumulator { return &bitwise{op: op} })
	}
	return []*Agg{
		bits("binary_all_and", func(a, b int64) int64 { return a & b }),
		bits("binary_all_or", func(a, b int64) int64 { return a | b }),
		bits("binary_all_xor", func(a, b int64) int64 { return a ^ b }),
	}
}

type bitwise struct {
	op   func(a, b int64) int64
	bits int64
	any  bool
}

func (b *bitwise) Add(args []value.Value) {
	if args[0].Null {
		return
	}
	if !b.any {
		b.bits, b.any = args[0].Int, true
		return
	}
	b.bits = b.op(b.bits, args[0].Int)
}

func (b *bitwise) Result() value.Value {
	return value.Value{Type: value.TypeLong, Int: b.bits, Null: !b.any}
}

func (b *bitwise) Size() int { return headSize }
