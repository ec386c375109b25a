package candidates

// A gate decides whether a memo pays: it looks at how many of a window of
// look-ups hit, and shuts the memo for a while when too few do. It changes
// what work is done, never what is found.
type gate struct {
	least   int32 // hits in a window
	lookups int32
	hits    int32
	rest    int32 // look-ups to skip before the next try
}

const (
	gateWindow = 4096
	gateRest   = 1 << 16
)

// newGate makes an open gate that wants a share of look-ups, in percent, to
// hit.
func newGate(percent int32) gate { return gate{least: gateWindow * percent / 100} }

// open reports whether to use the memo for the next look-up.
func (g *gate) open() bool {
	if g.rest == 0 {
		return true
	}
	g.rest--
	return false
}

func (g *gate) hit() {
	g.hits++
	g.count()
}

func (g *gate) miss() { g.count() }

func (g *gate) count() {
	if g.lookups++; g.lookups < gateWindow {
		return
	}
	if g.hits < g.least {
		g.rest = gateRest
	}
	g.lookups, g.hits = 0, 0
}
