package fn

import "github.com/lynceus-io/lynceus/kql/value"

// lists gather values in the order of the rows: at most MaxItems of them, or
// as many as the argument after the value says.
func lists() []*Agg {
	of := func(name string, make func() Accumulator) *Agg {
		return agg(name, 1, 2, value.TypeDynamic, []param{anyArg, whole}, make)
	}
	newList := func() Accumulator { return &lister{} }
	newSet := func() Accumulator { return &setter{} }
	newBag := func() Accumulator { return &bagger{} }
	list, set, bag := of("make_list", newList), of("make_set", newSet), of("make_bag", newBag)
	return []*Agg{
		list, set, bag, list.when("make_list_if", 1), set.when("make_set_if", 1), bag.when("make_bag_if", 1),
		of("makelist", newList), of("makeset", newSet), of("make_dictionary", newBag),
		agg("make_list_with_nulls", 1, 1, value.TypeDynamic, []param{anyArg}, func() Accumulator { return &lister{nulls: true} }),
	}
}

// full reports whether n elements are as many as the row's arguments allow.
func full(n int, args []value.Value) bool {
	limit := int64(MaxItems)
	if len(args) > 1 && !args[1].Null {
		limit = min(limit, args[1].Int)
	}
	return int64(n) >= limit
}

type lister struct {
	items []*value.Node
	nulls bool
	size  int
}

func (l *lister) Add(args []value.Value) {
	if args[0].Null && !l.nulls || full(len(l.items), args) {
		return
	}
	l.items = append(l.items, value.FromValue(args[0]))
	l.size += nodeOverhead + args[0].Size()
}

// nodeOverhead is what a list takes for an element beside the value.
const nodeOverhead = 64

func (l *lister) Result() value.Value { return value.Dynamic(value.Array(l.items)) }
func (l *lister) Size() int           { return headSize + l.size }

// setter keeps each value once; of an array, its elements.
type setter struct {
	set  nodeSet
	size int
}

func (s *setter) Add(args []value.Value) {
	n := value.FromValue(args[0])
	if !n.IsArray() {
		s.add(n, args)
		return
	}
	for _, item := range n.Items {
		s.add(item, args)
	}
}

func (s *setter) add(n *value.Node, args []value.Value) {
	if n == nil || full(len(s.set.items), args) {
		return
	}
	if s.set.keys == nil {
		s.set.keys = map[string]bool{}
	}
	before := len(s.set.items)
	if s.set.add(n); len(s.set.items) > before {
		s.size += 2*n.Size() + mapEntry
	}
}

func (s *setter) Result() value.Value { return value.Dynamic(value.Array(s.set.items)) }
func (s *setter) Size() int           { return headSize + s.size }

// bagger merges property bags; the first value of a property stays.
type bagger struct {
	bag  value.Bag
	size int
}

func (b *bagger) Add(args []value.Value) {
	n := args[0].Node
	if !n.IsBag() {
		return
	}
	for i, k := range n.Keys {
		if !b.bag.Has(k) && !full(b.bag.Len(), args) {
			b.bag.Set(k, n.Items[i])
			b.size += len(k) + nodeOverhead + n.Items[i].Size()
		}
	}
}

func (b *bagger) Result() value.Value { return value.Dynamic(b.bag.Node()) }
func (b *bagger) Size() int           { return headSize + b.size }
