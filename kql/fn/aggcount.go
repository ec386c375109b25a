package fn

import "github.com/lynceus-io/lynceus/kql/value"

// counts count rows and distinct values. dcount is exact, whatever accuracy
// it is asked for.
func counts() []*Agg {
	count := agg("count", 0, 1, value.TypeLong, []param{anyArg}, func() Accumulator { return &counter{} })
	countif := agg("count", 0, 0, value.TypeLong, []param{anyArg}, func() Accumulator { return &counter{} }).when("countif", 0)
	dcount := agg("dcount", 1, 2, value.TypeLong, []param{anyArg, whole}, func() Accumulator { return &distinct{} })
	exact := agg("count_distinct", 1, 1, value.TypeLong, []param{anyArg}, func() Accumulator { return &distinct{} })
	return []*Agg{count, countif, dcount, dcount.when("dcountif", 1), exact, exact.when("count_distinctif", 1)}
}

type counter struct{ n int64 }

func (c *counter) Add([]value.Value)   { c.n++ }
func (c *counter) Result() value.Value { return value.Long(c.n) }
func (c *counter) Size() int           { return headSize }

// distinct counts distinct values that are not null.
type distinct struct {
	seen map[string]struct{}
	key  []byte
	size int
}

func (d *distinct) Add(args []value.Value) {
	if args[0].Null {
		return
	}
	d.key = args[0].AppendKey(d.key[:0])
	if _, ok := d.seen[string(d.key)]; ok {
		return
	}
	if d.seen == nil {
		d.seen = map[string]struct{}{}
	}
	d.seen[string(d.key)] = struct{}{}
	d.size += mapEntry + len(d.key)
}

// mapEntry is roughly what a map takes for an entry beside its key's text.
const mapEntry = 48

func (d *distinct) Result() value.Value { return value.Long(int64(len(d.seen))) }
func (d *distinct) Size() int           { return headSize + d.size }
