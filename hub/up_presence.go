package hub

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/coverage"
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
	Version    string               `json:"version"`
	Roles      []string             `json:"roles"`
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
	p := presence{Version: u.o.Version, Roles: u.o.roleNames()}
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
