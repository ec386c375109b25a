//go:build linux

package enforce

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"
)

// sweepEvery is how often containers are looked for that are gone.
const sweepEvery = 30 * time.Second

// sweep forgets containers that are gone, until ctx is done.
func (e *Enforcer) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// Where procfs shows no container at all, nothing is known to be gone: it may not show this node's processes.
		if live, err := liveContainers(e.options.Proc); err == nil && len(live) > 0 {
			e.forgetGone(live)
		}
	}
}

// forgetGone forgets the containers that had no process twice in a row: one without any cannot get one again.
func (e *Enforcer) forgetGone(live map[string]bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, t := range e.containers {
		if live[id] || !t.empty {
			t.empty = !live[id]
			continue
		}
		for _, cgroup := range slices.Clone(t.cgroups) {
			if err := e.forget(cgroup); err != nil && e.err == nil {
				e.err = err
			}
		}
	}
}

// liveContainers returns the containers of pods that have processes.
func liveContainers(proc string) (map[string]bool, error) {
	names, err := os.ReadDir(proc)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	live := map[string]bool{}
	for _, n := range names {
		if pid, err := strconv.Atoi(n.Name()); err == nil {
			if id, _ := containerOf(proc, pid); id != "" {
				live[id] = true
			}
		}
	}
	return live, nil
}
