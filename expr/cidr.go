package expr

import "net/netip"

// cidrTest is OpCIDR.
type cidrTest struct{ block netip.Prefix }

func newCIDRTest(p *Pred) (valueTest, error) {
	block, err := parseBlock(p.Text)
	return &cidrTest{block}, err
}

func (t *cidrTest) holds(s *Subject, c *cell) bool {
	if c.kind != kindText {
		return false
	}
	addr, ok := parseAddr(c.text)
	return ok && t.block.Contains(addr)
}
