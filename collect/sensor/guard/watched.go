//go:build linux

package guard

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

// watched is a container that is judged, or is to be.
type watched struct {
	policies uint64
	// marked says that the kernel asks about it. Until then that is tried again, until giveUp.
	marked bool
	giveUp time.Time
	// named are the files that a path has named, by the path: neither another name nor another link makes them others.
	named map[string]map[inode]bool
}

const (
	// markAgain is how long after a try to mark a container the next follows: between a runtime's making of a container
	// and its start some 20 ms pass.
	markAgain = 5 * time.Millisecond
	// markWithin is how long it is tried.
	markWithin = 30 * time.Second
	// maxWatched bounds the containers; a node has a few hundred at most. maxNamed bounds the files that one path has
	// named in one of them.
	maxWatched, maxNamed = 4096, 1024
)

// watch takes in by which policies a container is judged.
func (g *Guard) watch(id string, policies uint64) {
	g.mu.Lock()
	w := g.containers[id]
	switch {
	case w != nil:
		w.policies = policies
	case policies != 0 && len(g.containers) < maxWatched:
		g.containers[id] = &watched{policies: policies, giveUp: g.options.Now().Add(markWithin), named: map[string]map[inode]bool{}}
	}
	g.mu.Unlock()
	select {
	case g.changed <- struct{}{}:
	default: // it will look anyway
	}
}

// marking marks containers until ctx is done. It opens files of containers, and may have to wait for them.
func (g *Guard) marking(ctx context.Context) {
	for left := false; ; {
		var again <-chan time.Time
		if left {
			again = time.After(markAgain)
		}
		select {
		case <-ctx.Done():
			return
		case <-g.changed:
		case <-again:
		}
		add, remove := g.unfinished()
		for _, id := range remove {
			_ = g.reach(id, false) // where nothing can be reached any more, there are no marks any more
		}
		for _, id := range add {
			g.mark(id, g.reach(id, true))
		}
		add, _ = g.unfinished()
		left = len(add) > 0
	}
}

// unfinished returns the containers that are to be marked, and those whose marks are to go, which it forgets.
func (g *Guard) unfinished() (add, remove []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for id, w := range g.containers {
		switch {
		case w.policies == 0:
			delete(g.containers, id)
			if w.marked {
				remove = append(remove, id)
			}
		case !w.marked && g.options.Now().Before(w.giveUp):
			add = append(add, id)
		}
	}
	return add, remove
}

// mark takes in what came of marking a container.
func (g *Guard) mark(id string, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.problem = ""; err != nil {
		g.problem = err.Error()
		return
	}
	if w := g.containers[id]; w != nil {
		w.marked = true
	}
}

// reach marks what a container can execute, or takes the marks away, by way of any of its processes, and finds the files
// that paths of policies name.
func (g *Guard) reach(id string, add bool) error {
	names, err := os.ReadDir(g.options.Proc)
	if err != nil {
		return fmt.Errorf("list processes: %w", err)
	}
	err = errors.New("no process is in the container")
	for _, n := range names {
		pid, notOne := strconv.Atoi(n.Name())
		if notOne != nil || g.containerOf(pid) != id {
			continue
		}
		if err = g.reachBy(id, pid, add); err == nil {
			return nil
		}
	}
	return err
}

// reachBy is reach by way of one process.
func (g *Guard) reachBy(id string, pid int, add bool) error {
	root, err := openRoot(g.options.Proc, pid)
	if err != nil {
		return err
	}
	defer unix.Close(root)
	// The container is asked for again: the number may have gone to another process before the root was opened.
	in, err := entered(g.options.Proc, root)
	if err != nil {
		return err
	}
	if !in || g.containerOf(pid) != id {
		return errors.New("no process has entered the container's file system yet")
	}
	if add {
		g.resolve(id, root)
	}
	return g.group.markAll(g.options.Proc, pid, root, add)
}

// paths returns the paths by which a container is judged.
func (g *Guard) paths(id string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.containers[id]
	if w == nil {
		return nil
	}
	var out []string
	for i, rule := range g.rules.Policies {
		if w.policies&(1<<i) != 0 {
			out = append(out, rule.Paths...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// resolve finds the files that paths of policies name in a container now.
func (g *Guard) resolve(id string, root int) {
	for _, path := range g.paths(id) {
		file, err := inodeIn(root, path)
		if err != nil {
			continue
		}
		g.mu.Lock()
		if w := g.containers[id]; w != nil {
			if w.named[path] == nil {
				w.named[path] = map[inode]bool{}
			}
			if len(w.named[path]) < maxNamed {
				w.named[path][file] = true
			}
		}
		g.mu.Unlock()
	}
}

// naming returns the policies of which a path names the file in the container, or has named it.
func (g *Guard) naming(id string, file inode) (matched uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.containers[id]
	if w == nil {
		return 0
	}
	for i, rule := range g.rules.Policies {
		for _, path := range rule.Paths {
			if w.policies&(1<<i) != 0 && w.named[path][file] {
				matched |= 1 << i
			}
		}
	}
	return matched
}

// containerOf returns the container of a pod that a process is in, or nothing.
func (g *Guard) containerOf(pid int) string {
	text, err := os.ReadFile(filepath.Join(g.options.Proc, strconv.Itoa(pid), "cgroup"))
	if err != nil {
		return ""
	}
	return container.OfProcess(string(text))
}
