//go:build linux

package sensor

import (
	"fmt"
	"strings"
	"time"

	"github.com/cilium/ebpf"

	"github.com/lynceus-io/lynceus/collect/sensor/guard"
)

// Stats is what a sensor has done so far, and what it has not.
type Stats struct {
	Hooks []HookStats
	// Rows counts events that were emitted.
	Rows uint64
	// Named counts rows of containers that were emitted with all names of the container and its pod, Amended those that
	// were emitted without some and again with them, Unnamed those that have not got them, where there is a runtime to
	// ask.
	Named, Amended, Unnamed uint64
	// Repeated counts ends that two threads told of; they were emitted once.
	Repeated uint64
	// Filtered counts records that the kernel's filters let through and nobody wanted.
	Filtered uint64
	// Unread counts messages from and to port 53 that are none of the domain name system, or not to their end.
	Unread uint64
	// Malformed counts records that could not be read, each of them lost.
	Malformed uint64
	// Processes is how many processes are known, Bytes how much memory that takes, Evicted how many were forgotten
	// early for want of it: events of their children lack a parent.
	Processes, Bytes int64
	Evicted          uint64
	// Guard is what the guard has done that denies programs before they start, nil while there is none.
	Guard *guard.Stats
}

// HookStats is what a hook has done.
type HookStats struct {
	Hook string
	// Sent counts records that were handed over, Full those that were lost because there was no room in the ring or in
	// what the hook has to remember. Hooks that count together are counted at the first of them.
	Sent, Full uint64
	// Missed counts events of the kernel that the hook was not called for, because it was at work on that processor
	// already; 0 before Linux 5.12, which does not tell.
	Missed uint64
	// Runs and Time are how often it ran and for how long, while the kernel measures (see Probe).
	Runs uint64
	Time time.Duration
}

// counters is struct counters of bpf/src/maps.h.
type counters struct{ Sent, Full uint64 }

// Lost counts records that were lost, for any reason.
func (s *Stats) Lost() uint64 {
	lost := s.Malformed
	for _, h := range s.Hooks {
		lost += h.Full + h.Missed
	}
	return lost
}

// String is one line for people.
func (s *Stats) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d events, %d records lost", s.Rows, s.Lost())
	for _, h := range s.Hooks {
		if h.Sent+h.Full+h.Missed == 0 {
			continue
		}
		fmt.Fprintf(&b, "; %s: %d sent", h.Hook, h.Sent)
		if h.Full > 0 {
			fmt.Fprintf(&b, ", %d found no room", h.Full)
		}
		if h.Missed > 0 {
			fmt.Fprintf(&b, ", %d missed", h.Missed)
		}
	}
	if all := s.Named + s.Amended + s.Unnamed; all > 0 {
		fmt.Fprintf(&b, "; of containers %d with names, %d amended, %d without: %.2f %% named",
			s.Named, s.Amended, s.Unnamed, 100*float64(s.Named+s.Amended)/float64(all))
	}
	if s.Unread > 0 {
		fmt.Fprintf(&b, "; %d messages at port 53 could not be read", s.Unread)
	}
	if s.Malformed > 0 {
		fmt.Fprintf(&b, "; %d records could not be read", s.Malformed)
	}
	fmt.Fprintf(&b, "; %d processes known in %d KiB", s.Processes, s.Bytes>>10)
	if s.Evicted > 0 {
		fmt.Fprintf(&b, ", %d forgotten early", s.Evicted)
	}
	if s.Guard != nil {
		c := &s.Guard.Counts
		fmt.Fprintf(&b, "; guard: asked %d times, %d answers at the bound, %d files read, %d containers watched, %d not", c.Asked, c.Late, c.Hashed, c.Watched, c.Unwatched)
		if c.Untold > 0 {
			fmt.Fprintf(&b, ", %d decisions not told", c.Untold)
		}
		if s.Guard.Starts > 1 {
			fmt.Fprintf(&b, ", started %d times, the last time after: %v", s.Guard.Starts, s.Guard.LastErr)
		}
	}
	return b.String()
}

// Stats returns the counts. It may be called while Run works, and before Close.
func (s *Sensor) Stats() (*Stats, error) {
	out := &Stats{
		Rows: s.live.rows.Load(), Repeated: s.live.repeated.Load(), Unread: s.live.unread.Load(), Filtered: s.live.filtered.Load(), Malformed: s.live.malformed.Load(),
		Named: s.live.named.Load(), Unnamed: s.live.unnamed.Load(), Amended: s.live.amended.Load(),
		Processes: s.live.processes.Load(), Bytes: s.live.bytes.Load(), Evicted: s.live.evicted.Load(),
	}
	counted := map[int]bool{}
	for _, h := range s.programs.hooks {
		hs := HookStats{Hook: h.place}
		if !counted[h.index] {
			counted[h.index] = true
			var err error
			if hs, err = s.programs.stats(h.place, h.index); err != nil {
				return nil, err
			}
		}
		measured, err := s.programs.collection.Programs[h.program].Stats()
		if err != nil {
			return nil, fmt.Errorf("counts of %s: %w", h.place, err)
		}
		hs.Runs, hs.Time = measured.RunCount, measured.Runtime
		if !h.crowded {
			hs.Missed = measured.RecursionMisses
		}
		out.Hooks = append(out.Hooks, hs)
	}
	if s.enforcer != nil {
		if g, ok := s.enforcer.GuardStats(); ok {
			out.Guard = &g
		}
	}
	others := []hook{{place: "names of cgroups", index: hookCgroup}}
	if counted[hookPacket] {
		others = append(others, hook{place: "packets from and to port 53", index: hookDNS})
	}
	for _, h := range others {
		hs, err := s.programs.stats(h.place, h.index)
		if err != nil {
			return nil, err
		}
		out.Hooks = append(out.Hooks, hs)
	}
	if s.changes != nil {
		out.Hooks = append(out.Hooks, s.changes.stats())
	}
	return out, nil
}

// stats sums up what a hook counted on each processor.
func (p *programs) stats(name string, index int) (HookStats, error) {
	out := HookStats{Hook: name}
	cpus, err := ebpf.PossibleCPU()
	if err != nil {
		return out, fmt.Errorf("how many processors there are: %w", err)
	}
	per := make([]counters, cpus)
	if err := p.collection.Maps[mapCounts].Lookup(uint32(index), &per); err != nil {
		return out, fmt.Errorf("counts of %s: %w", name, err)
	}
	for _, c := range per {
		out.Sent += c.Sent
		out.Full += c.Full
	}
	return out, nil
}
