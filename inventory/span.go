package inventory

import (
	"net/netip"
	"slices"
	"time"
)

// span is that an object had an address for a time. The spans of an address
// lie side by side, so that a question about it reads little memory.
type span struct {
	// early is from when on the object may have had it; from and last are when
	// it was first and last seen to exist with it; until is when it had it no
	// more, 0 for still.
	early, from, last, until int64
	item                     *item
	kind                     EndKind
	host                     bool // a pod in its node's network
}

const (
	// reportDelay is how long after a pod has got its address and runs the
	// cluster may tell of it: the kubelet's round of its pods and its update
	// of their status, with room for a busy node.
	reportDelay = 30 * time.Second

	// maxSpans bounds the addresses of an object.
	maxSpans = 64

	// costSpan is the estimate of what a span and its place in the index use.
	costSpan = 224
)

// hold takes note of the addresses that an object is seen with. It reports
// whether that says anything new.
func (i *item) hold(o *Object) (changed bool) {
	if o.Change == Gone || len(o.Addresses) == 0 {
		return false
	}
	at := o.Time
	if o.Change == Deleted {
		at-- // it had them until then
	} else {
		i.heldAt = max(i.heldAt, at)
	}
	early := at - int64(reportDelay)
	if o.Change == Present || o.Change == Deleted {
		early = 0 // it has them since nobody knows when
	}
	early = min(max(early, i.born()), at)
	for _, ip := range o.Addresses {
		if ip = plain(ip); !ip.IsValid() {
			continue
		}
		s := i.span(ip)
		if s == nil {
			if len(i.ips) >= maxSpans {
				return changed
			}
			place, _ := slices.BinarySearchFunc(i.ips, ip, netip.Addr.Compare)
			i.ips = slices.Insert(i.ips, place, ip)
			list := append(i.cluster.addresses[ip], span{early: early, from: at, item: i, kind: i.what})
			i.cluster.addresses[ip] = list
			s, changed = &list[len(list)-1], true
		} else if at < s.from || early < s.early {
			s.from, s.early, changed = min(s.from, at), min(s.early, early), true
		}
		if o.Change != Deleted {
			s.last = max(s.last, at)
		}
	}
	return changed
}

// span returns the item's span of an address, or nil. It is good until the
// next change of the index.
func (i *item) span(ip netip.Addr) *span {
	list := i.cluster.addresses[ip]
	for n := range list {
		if list[n].item == i {
			return &list[n]
		}
	}
	return nil
}

// letGo removes the item's spans from the index.
func (i *item) letGo() {
	c := i.cluster
	for _, ip := range i.ips {
		list := slices.DeleteFunc(c.addresses[ip], func(s span) bool { return s.item == i })
		if c.addresses[ip] = list; len(list) == 0 {
			delete(c.addresses, ip)
		}
	}
	i.ips = nil
}

// plain returns an address in the one form that is compared, or the zero Addr
// for one that is nobody's own.
func plain(ip netip.Addr) netip.Addr {
	ip = ip.Unmap().WithZone("")
	if ip.IsUnspecified() || ip.IsLoopback() || ip.IsMulticast() {
		return netip.Addr{}
	}
	return ip
}
