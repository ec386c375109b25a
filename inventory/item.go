package inventory

import "net/netip"

// item is what History keeps of any object: its life, its addresses, and what
// remembering it costs.
type item struct {
	life
	cluster *cluster
	self    kept
	// over is from when on it has no address any more although it exists (a
	// pod that has run to its end), 0 for never.
	over int64
	// heldAt is when it was last seen with any address.
	heldAt int64
	what   EndKind // what has its addresses, by sort
	ips    []netip.Addr

	until  int64 // end, when it was computed last
	bytes  int64
	heapAt int // place among the ended plus 1, 0 for none
}

// kept is an object that History can forget.
type kept interface {
	// forget removes it from everything but the heap of the ended.
	forget()
	// size estimates what it uses beside its addresses, texts that it shares
	// with others included: they may be its own one day.
	size() int64
}

// observe takes note of an object's change, its addresses and its end. It
// reports whether an answer may be another one now.
func (i *item) observe(o *Object) (changed bool) {
	born, doubt := i.born(), i.doubt()
	i.see(o)
	if i.hold(o) {
		changed = true
	}
	i.weigh()
	return i.settle() || changed || born != i.born() || doubt != i.doubt()
}

// doubt returns from when on the item may have given up its addresses before
// its end was seen; 0 for not before its end.
func (i *item) doubt() int64 {
	at := i.deleting
	if i.deleted == 0 && i.missed > i.last {
		earliest(&at, i.last+1)
	}
	return at
}

// settle computes what follows from all that was seen: when the item ended,
// until when it had its addresses, and its place among the ended.
func (i *item) settle() (changed bool) {
	c := i.cluster
	until := i.end(&c.heard)
	changed = until != i.until
	i.until = until
	if i.deleted == 0 && until != 0 {
		c.missing[i] = i.missed
	} else if len(c.missing) > 0 {
		delete(c.missing, i)
	}
	if i.over != 0 {
		earliest(&until, i.over)
	}
	for _, ip := range i.ips {
		s := i.span(ip)
		end := until
		if s.last < i.heldAt {
			earliest(&end, i.replaced(s.last))
		}
		if s.until != end {
			s.until, changed = end, true
		}
	}
	c.h.ended.place(i)
	return changed
}

// replaced returns when another address took the place of one that the item
// was last seen with at a time.
func (i *item) replaced(last int64) int64 {
	at := int64(0)
	for _, ip := range i.ips {
		if from := i.span(ip).from; from > last {
			earliest(&at, from)
		}
	}
	if at == 0 {
		return last + 1
	}
	return at
}

// weigh brings the estimate of what the item uses up to date.
func (i *item) weigh() { i.charge(i.self.size() + int64(len(i.ips))*costSpan) }

func (i *item) charge(bytes int64) {
	i.cluster.h.bytes += bytes - i.bytes
	i.bytes = bytes
}
