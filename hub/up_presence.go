package hub

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/store/lease"
)

// The keys of leases: what each process says of itself, and who judges which
// partition.
const (
	processLease = "process."
	judgeLease   = "detection."
)

// presence is what a process says of itself to the others.
type presence struct {
	Version string   `json:"version"`
	Roles   []string `json:"roles"`
	// Reads is the newest version of a batch (event/wire) that it can read; 0,
	// that of releases which did not say so, is wire.Version.
	Reads      int                  `json:"reads,omitempty"`
	Muted      map[string]int64     `json:"muted,omitempty"`
	Conditions []coverage.Condition `json:"conditions,omitempty"`
	Sources    []api.SourceStatus   `json:"sources,omitempty"`
}

// presenceEvery is how often it is said anew.
const presenceEvery = 5 * time.Second

// bePresent says to the others what this process is and how it does, until ctx
// ends.
func (u *Up) bePresent(ctx context.Context, id string) error {
	tick := time.NewTicker(presenceEvery)
	defer tick.Stop()
	var held *lease.Lease
	for {
		if held == nil {
			// It fails while the bus is out of reach.
			held, _ = u.leases.Take(ctx, processLease+id, u.presence(ctx))
		} else {
			held.Say(u.presence(ctx))
		}
		u.reads.Store(int64(u.readable()))
		var lost <-chan struct{}
		if held != nil {
			lost = held.Lost()
		}
		select {
		case <-ctx.Done():
			if held == nil {
				return nil
			}
			return handBack(held)
		case <-lost:
			held = nil
		case <-tick.C:
		}
	}
}

func (u *Up) presence(ctx context.Context) presence {
	p := presence{Version: u.o.Version, Roles: u.o.roleNames(), Reads: wire.Newest}
	if u.serves.Load() && !u.o.has(Storage) {
		p.Muted, p.Conditions, p.Sources = u.muted(), u.ownConditions(ctx), u.ownSources()
	}
	return p
}

// others are the processes on the same bus that live, with this one.
func (u *Up) others() (out []lease.Held, says []presence) {
	if u.leases == nil {
		return nil, nil
	}
	for _, h := range u.leases.All() {
		if !strings.HasPrefix(h.Key, processLease) || !h.Alive {
			continue
		}
		var p presence
		if err := json.Unmarshal(h.About, &p); err != nil {
			continue // of another release
		}
		out, says = append(out, h), append(says, p)
	}
	return out, says
}

// judges counts the living processes that judge; this one is among them.
func (u *Up) judges() int {
	n := 0
	_, says := u.others()
	for _, p := range says {
		for _, r := range p.Roles {
			if r == string(Detection) {
				n++
			}
		}
	}
	return max(n, 1)
}

// readable is the newest version of a batch that all who judge can read, so
// that releases may differ and be upgraded in any order. While nobody judges it
// is the oldest: whoever comes first may be of another release.
func (u *Up) readable() int {
	_, says := u.others()
	reads := 0
	for _, p := range says {
		if slices.Contains(p.Roles, string(Detection)) && (reads == 0 || p.Reads < reads) {
			reads = max(p.Reads, wire.Version)
		}
	}
	return max(reads, wire.Version)
}

// writes is the version of a batch that this process may put on the bus. What
// joins it with a release that cannot read it is seen within seconds.
func (u *Up) writes() int {
	if u.o.whole() {
		return wire.Newest // it judges itself what it takes in
	}
	return int(u.reads.Load())
}

// processes says which processes work on the bus, and who holds what.
func (u *Up) processes() (list []api.ProcessStatus, holds []api.HoldStatus) {
	if u.leases == nil {
		return nil, nil
	}
	held, says := u.others()
	for i, h := range held {
		list = append(list, api.ProcessStatus{Name: h.Name, Roles: says[i].Roles, Version: says[i].Version, Since: h.Since, Silent: h.Age.Seconds()})
	}
	for _, h := range u.leases.All() {
		if !strings.HasPrefix(h.Key, processLease) {
			holds = append(holds, api.HoldStatus{What: h.Key, By: h.Name, Token: h.Token, Since: h.Since, Silent: h.Age.Seconds(), Alive: h.Alive})
		}
	}
	return list, holds
}

// takeovers is how many TTLs a partition may be without a judge before
// somebody is told: one passes before it is taken over, and on a busy machine
// whoever does that takes some time.
const takeovers = 3

// unowned returns the partitions that nobody has judged for a while.
func (u *Up) unowned() (out []int) {
	known := map[string]lease.Held{}
	for _, h := range u.leases.All() {
		known[h.Key] = h
	}
	for p := range u.bus.Partitions() {
		if h, ok := known[partitionKey(p)]; !ok || !h.Alive && h.Age > takeovers*u.leases.TTL() {
			out = append(out, p)
		}
	}
	return out
}
