package fn

import (
	"math"
	"slices"

	"github.com/lynceus-io/lynceus/kql/value"
)

// percentiles are exact: of the values in order, the first one that is not
// less than the given share of them (the nearest rank).
func percentiles() []*Agg {
	ordered := func(args []Arg) (value.Type, error) {
		t := args[0].Type
		if !t.Numeric() && t != value.TypeDatetime && t != value.TypeTimespan {
			return t, &ArgError{Index: 0, Reason: "must be a number, datetime or timespan"}
		}
		return t, nil
	}
	array := func(result func([]Arg) (value.Type, error)) func([]Arg) (value.Type, error) {
		return func(args []Arg) (value.Type, error) {
			_, err := result(args)
			return value.TypeDynamic, err
		}
	}
	of := func(name string, least, most int, first int, many bool) *Agg {
		result := ordered
		if many {
			result = array(ordered)
		}
		return &Agg{Name: name, Min: least, Max: most, Result: result, New: func(args []Arg) Accumulator {
			return &percentile{of: args[0].Type, first: first, many: many}
		}}
	}
	return []*Agg{
		of("percentile", 2, 2, 1, false), of("percentilew", 3, 3, 2, false),
		of("percentiles_array", 2, -1, 1, true), of("percentilesw_array", 3, -1, 2, true),
	}
}

// percentile keeps all values. The shares are the arguments from number first
// on; a weight stands before them where first is 2.
type percentile struct {
	of     value.Type
	first  int
	many   bool
	values []weighted
	shares []value.Value
	total  int64
	size   int
}

type weighted struct {
	value  value.Value
	weight int64
}

func (p *percentile) Add(args []value.Value) {
	p.shares = append(p.shares[:0], args[p.first:]...)
	weight := int64(1)
	if p.first == 2 {
		weight = value.Convert(args[1], value.TypeLong).Int
	}
	if args[0].Missing() || weight <= 0 {
		return
	}
	p.values = append(p.values, weighted{args[0], weight})
	p.total += weight
	p.size += 16 + args[0].Size()
}

func (p *percentile) Result() value.Value {
	slices.SortFunc(p.values, func(a, b weighted) int { return value.Order(a.value, b.value) })
	if !p.many {
		if len(p.shares) == 0 {
			return value.Null(p.of)
		}
		return p.at(p.shares[0])
	}
	items := []*value.Node{}
	for _, share := range p.shares {
		if !share.Node.IsArray() {
			items = append(items, value.FromValue(p.at(share)))
			continue
		}
		for _, s := range share.Node.Items {
			items = append(items, value.FromValue(p.at(s.Value())))
		}
	}
	return value.Dynamic(value.Array(items))
}

// at returns the value at a share in percent.
func (p *percentile) at(share value.Value) value.Value {
	percent := value.Convert(share, value.TypeReal)
	if len(p.values) == 0 || percent.Null || !(percent.Float >= 0 && percent.Float <= 100) {
		return value.Null(p.of)
	}
	rank := max(1, int64(math.Ceil(percent.Float/100*float64(p.total)-1e-9)))
	if p.total == int64(len(p.values)) {
		return p.values[rank-1].value
	}
	sum := int64(0)
	for _, w := range p.values {
		if sum += w.weight; sum >= rank {
			return w.value
		}
	}
	return p.values[len(p.values)-1].value
}

func (p *percentile) Size() int { return headSize + p.size }
