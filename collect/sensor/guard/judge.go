//go:build linux

package guard

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// asked is a question that is open, or was answered by the default while it is worked on.
type asked struct {
	question
	decision Decision
	began    time.Time
	timer    *time.Timer
	process  int // a descriptor of the process, -1 for none

	mu       sync.Mutex
	answered bool
}

// judge answers a question of which the answer is known, and has the others worked on.
func (g *Guard) judge(q question) error {
	g.asked.Add(1)
	a := &asked{question: q, began: g.options.Now(), process: -1}
	a.decision.Container = g.containerOf(q.pid)
	policies, paths, sums := g.judgedBy(a.decision.Container)
	if policies == 0 {
		return g.finish(a, true)
	}
	if v, err := versionOf(q.file); err == nil && !paths {
		if sum, known := g.recall(v); known || !sums {
			return g.decide(a, sum, 0)
		}
	}
	return g.work(a)
}

// work has a question worked on, with the default as the answer at the bound.
func (g *Guard) work(a *asked) error {
	if g.open.Add(1) > maxAsked {
		g.open.Add(-1)
		g.late.Add(1)
		a.decision.Late = true
		return g.finish(a, !g.denyLate.Load())
	}
	a.process, _ = unix.PidfdOpen(a.pid, 0)
	a.timer = time.AfterFunc(g.bound(), func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.answered {
			return
		}
		g.late.Add(1)
		a.answered, a.decision.Late, a.decision.Denied = true, true, g.denyLate.Load()
		_ = g.group.answer(a.question, !a.decision.Denied)
	})
	g.working <- a // there is room for as many as can be open
	return nil
}

// worker works on questions until ctx is done. What it opens and reads can take its time.
func (g *Guard) worker(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-g.working:
			g.find(ctx, a)
			g.open.Add(-1)
		}
	}
}

// find finds out what policies say of a file.
func (g *Guard) find(ctx context.Context, a *asked) {
	ctx, cancel := context.WithTimeout(ctx, workWithin)
	defer cancel()
	policies, paths, sums := g.judgedBy(a.decision.Container)
	v, err := versionOf(a.file)
	var matched uint64
	if err == nil && paths {
		if root, err := openRoot(g.options.Proc, a.pid); err == nil {
			g.resolve(a.decision.Container, root)
			unix.Close(root)
		}
		matched = g.naming(a.decision.Container, v.inode)
	}
	var sum string
	if err == nil && sums && g.denying(matched&policies) == 0 {
		var known bool
		if sum, known = g.recall(v); !known {
			if sum, v, err = hash(ctx, a.file); err == nil {
				g.hashed.Add(1)
				g.remember(v, sum)
			}
		}
	}
	// An error of the answer is one of a question that the kernel has given up.
	_ = g.decide(a, sum, matched)
}

// decide answers by what was found.
func (g *Guard) decide(a *asked, sum string, matched uint64) error {
	a.mu.Lock()
	a.decision.SHA256 = sum
	a.decision.Policies = matched | g.listing(a.decision.Container, sum)
	a.mu.Unlock()
	return g.finish(a, g.denying(a.decision.Policies) == 0)
}

// finish answers, unless that was done at the bound: then it kills the process that should not have been let go on. It
// tells what was decided, if it is something.
func (g *Guard) finish(a *asked, allow bool) error {
	if a.timer != nil {
		a.timer.Stop()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.decision.Took = g.options.Now().Sub(a.began)
	if a.decision.Policies != 0 || a.decision.Late {
		a.decision.PID, a.decision.Start, a.decision.Path = a.pid, startOf(g.options.Proc, a.pid), pathOf(a.file)
	}
	var err error
	if !a.answered {
		a.answered, a.decision.Denied = true, !allow
		err = g.group.answer(a.question, allow)
	} else if !allow && !a.decision.Denied {
		a.decision.Killed = a.process >= 0 && unix.PidfdSendSignal(a.process, unix.SIGKILL, nil, 0) == nil
	}
	if a.decision.Policies != 0 || a.decision.Late {
		d := a.decision
		g.say(message{Decision: &d})
	}
	unix.Close(a.file)
	if a.process >= 0 {
		unix.Close(a.process)
	}
	return err
}

// recall returns the hash of a version, if it is remembered.
func (g *Guard) recall(v version) (string, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	sum, known := g.hashes.known[v]
	return sum, known
}

// remember keeps the hash of a version, if that can be told from later ones.
func (g *Guard) remember(v version, sum string) {
	if !v.settled(g.options.Now()) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hashes.add(v, sum)
}

// judgedBy returns the policies by which a container is judged, and whether any of them has paths, or hashes.
func (g *Guard) judgedBy(id string) (policies uint64, paths, sums bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.containers[id]
	if w == nil {
		return 0, false, false
	}
	for i, rule := range g.rules.Policies {
		if w.policies&(1<<i) != 0 {
			paths, sums = paths || len(rule.Paths) > 0, sums || len(rule.SHA256) > 0
		}
	}
	return w.policies, paths, sums
}

// listing returns the policies of a container that list a hash.
func (g *Guard) listing(id, sum string) (matched uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.containers[id]
	if w == nil || sum == "" {
		return 0
	}
	for i, rule := range g.rules.Policies {
		if w.policies&(1<<i) != 0 && slices.Contains(rule.SHA256, sum) {
			matched |= 1 << i
		}
	}
	return matched
}

// denying returns those of the policies that deny, and do not only tell.
func (g *Guard) denying(policies uint64) (out uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, rule := range g.rules.Policies {
		if policies&(1<<i) != 0 && rule.Enforce {
			out |= 1 << i
		}
	}
	return out
}

func (g *Guard) bound() time.Duration { return time.Duration(g.boundIs.Load()) }

// startOf returns when a process was started, in ticks since the boot; 0 when that cannot be read.
func startOf(proc string, pid int) uint64 {
	text, err := os.ReadFile(filepath.Join(proc, strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0
	}
	const startTime = 19 // fields after the name, which is in parentheses and can contain anything
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) <= startTime {
		return 0
	}
	ticks, _ := strconv.ParseUint(string(fields[startTime]), 10, 64)
	return ticks
}
