package candidates

import (
	"github.com/lynceus-io/lynceus/detect/internal/literals"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// column is one field, its predicates and its atoms. It never changes.
type column struct {
	field  event.FieldID
	typ    event.Type
	values *values
	preds  int
	// exists and null are the predicates on presence, -1 for none.
	exists, null int32
	marks        []uint64 // a random number for each predicate
	atoms        []*formula
	readers      [][]int32 // of each predicate: the atoms that read it
	// absent and present are the atoms that hold for an absent value and for
	// one that satisfies nothing but its presence.
	absent, present []uint64
}

func (c *columnBuilder) build() *column {
	out := &column{
		field: c.field.ID, typ: c.field.Type, values: c.values(), preds: len(c.preds), exists: -1, null: -1,
		marks: make([]uint64, len(c.preds)), atoms: c.trees, readers: make([][]int32, len(c.preds)),
	}
	for id, p := range c.preds {
		switch p.Op {
		case expr.OpExists:
			out.exists = int32(id)
		case expr.OpNull:
			out.null = int32(id)
		}
		out.marks[id] = scramble(uint64(id) + 1)
	}
	for a, f := range c.trees {
		for _, p := range f.preds(nil) {
			out.readers[p] = append(out.readers[p], int32(a))
		}
	}
	out.absent = out.base(out.null)
	out.present = out.base(out.exists)
	return out
}

// base returns the atoms that hold when one predicate (none for -1) does.
func (c *column) base(only int32) []uint64 {
	bits := make([]uint64, (len(c.atoms)+63)/64)
	var found literals.Found
	found.Grow(c.preds)
	if only >= 0 {
		found.Add(only)
	}
	for a, f := range c.atoms {
		if f.holds(&found) {
			bits[a>>6] |= 1 << (a & 63)
		}
	}
	return bits
}

// flip sets bits, which are those of c.present, to the atoms that hold when
// the predicates in found do.
func (c *column) flip(bits []uint64, found *literals.Found) {
	for _, p := range found.IDs {
		for _, a := range c.readers[p] {
			w, b := &bits[a>>6], uint64(1)<<(a&63)
			if c.atoms[a].holds(found) {
				*w |= b
			} else {
				*w &^= b
			}
		}
	}
}

// scramble spreads a small number over 64 bits (the finaliser of SplitMix64,
// Steele et al. 2014).
func scramble(x uint64) uint64 {
	x *= 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
