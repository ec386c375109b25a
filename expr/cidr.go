package expr

import "net/netip"

// cidrTest is OpCIDR.
type cidrTest struct{ block netip.Prefix }

func newCIDRTest(p *Pred) (valueTest, error) {
	block, err := ParseBlock(p.Text)
	return &cidrTest{block}, err
}

func (t *cidrTest) holds(a *arena, c *cell) bool {
	if c.kind != kindText {
		return false
	}
	addr, ok := ParseAddr(c.text)
	return ok && t.block.Contains(addr)
}
