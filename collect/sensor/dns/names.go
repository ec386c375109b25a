package dns

import (
	"net/netip"
	"time"
)

// Names remembers which name an address was given for, by who asked: what one container was told says nothing about
// what another meant. It is bounded, and for one goroutine.
type Names struct {
	known map[nameKey]named
	order []nameKey // a ring of those in known
	next  int
}

type nameKey struct {
	asker uint64
	addr  netip.Addr
}

type named struct {
	name  string
	until time.Time
}

const (
	// maxNames is how many addresses are remembered, at some 200 bytes.
	maxNames = 8192
	// A name is good for as long as its answer says, but for minLife at least, since programs use addresses for longer
	// than they should, and for maxLife at most.
	minLife, maxLife = 10 * time.Minute, 24 * time.Hour
)

// NewNames returns a memory of nothing.
func NewNames() *Names { return &Names{known: map[nameKey]named{}} }

// Learn takes in an answer that somebody got.
func (n *Names) Learn(asker uint64, m *Message, now time.Time) {
	for i := range m.Answers {
		a := &m.Answers[i]
		if !a.Addr.IsValid() {
			continue
		}
		life := min(max(time.Duration(a.TTL)*time.Second, minLife), maxLife)
		n.put(nameKey{asker, a.Addr}, named{m.Name, now.Add(life)})
	}
}

func (n *Names) put(k nameKey, v named) {
	_, again := n.known[k]
	n.known[k] = v
	if again {
		return
	}
	if len(n.order) < maxNames {
		n.order = append(n.order, k)
		return
	}
	delete(n.known, n.order[n.next])
	n.order[n.next] = k
	n.next = (n.next + 1) % maxNames
}

// Of returns the name for which somebody was given an address last, or nothing.
func (n *Names) Of(asker uint64, addr netip.Addr, now time.Time) string {
	if v := n.known[nameKey{asker, addr}]; now.Before(v.until) {
		return v.name
	}
	return ""
}
