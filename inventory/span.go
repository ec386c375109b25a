package inventory

import (
	"net/netip"
	"time"
)

// span is that an object had an address for a time.
type span struct {
	ip netip.Addr
	// early is from when on it may have had it; from and last are when it was
	// first and last seen with it; until is when it had it no more, 0 for
	// still.
	early, from, last, until int64
	item                     *item
}

const (
	// reportDelay is how long after a pod has got its address and runs the
	// cluster may tell of it: the kubelet's round of its pods and its update
	// of their status, with room for a busy node.
	reportDelay = 30 * time.Second

	// maxSpans bounds the addresses of an object.
	maxSpans = 256

	// costSpan is the estimate of what a span and its place in the index use.
	costSpan = 208
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
		i.told = max(i.told, at)
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
			if len(i.spans) >= maxSpans {
				return changed
			}
			s = &span{ip: ip, early: early, from: at, last: at, item: i}
			i.spans = append(i.spans, s)
			list := i.cluster.addresses[ip]
			i.cluster.addresses[ip] = append(list, s)
			changed = true
			continue
		}
		if at < s.from || early < s.early {
			s.from, s.early, changed = min(s.from, at), min(s.early, early), true
		}
		if o.Change != Deleted {
			s.last = max(s.last, at)
		}
	}
	return changed
}

func (i *item) span(ip netip.Addr) *span {
	for _, s := range i.spans {
		if s.ip == ip {
			return s
		}
	}
	return nil
}

// letGo removes the item's spans from the index.
func (i *item) letGo() {
	for _, s := range i.spans {
		i.cluster.forgetSpan(s)
	}
	i.spans = nil
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
