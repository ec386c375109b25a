package candidates

import (
	"net/netip"
	"slices"

	"github.com/lynceus-io/lynceus/detect/internal/literals"
	"github.com/lynceus-io/lynceus/expr"
)

// blocks finds the CIDR blocks that an address is in, by one look-up for each
// length of prefix that blocks have.
type blocks struct {
	ids          map[netip.Prefix][]int32
	bits4, bits6 []int
}

// add puts a block under a predicate. The text is known to be a block.
func (b *blocks) add(text string, id int32) {
	block, err := expr.ParseBlock(text)
	if err != nil {
		return
	}
	if b.ids == nil {
		b.ids = map[netip.Prefix][]int32{}
	}
	b.ids[block] = append(b.ids[block], id)
	bits := &b.bits6
	if block.Addr().Is4() {
		bits = &b.bits4
	}
	if !slices.Contains(*bits, block.Bits()) {
		*bits = append(*bits, block.Bits())
	}
}

// find adds the predicates of the blocks that an address is in.
func (b *blocks) find(text string, found *literals.Found) {
	addr, ok := expr.ParseAddr(text)
	if !ok {
		return
	}
	lengths := b.bits6
	if addr.Is4() {
		lengths = b.bits4
	}
	for _, n := range lengths {
		block, err := addr.Prefix(n)
		if err != nil {
			continue // n is a length of that family
		}
		for _, id := range b.ids[block] {
			found.Add(id)
		}
	}
}
