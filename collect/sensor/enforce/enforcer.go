//go:build linux

package enforce

import (
	"context"
	"errors"
	"math/bits"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/guard"
)

// Options say where an Enforcer is. All but Unified are required.
type Options struct {
	// Proc is where procfs is mounted in which all processes of the node are seen.
	Proc string
	// Unified is where the hierarchy of cgroups of version 2 is mounted, empty for nowhere: a container that is grouped
	// by it is killed as a whole.
	Unified string
	// Guard is the program and its arguments that run a guard (see package guard), which is started while a policy
	// denies executions.
	Guard []string
	Now   func() time.Time
}

// Enforcer keeps the kernel's tables in step with policies and containers, and ends containers. Its methods may be called
// by several goroutines.
type Enforcer struct {
	options Options
	maps    Maps
	ender   *ender
	// sweeping is the goroutine that forgets containers that are gone, which cancel ends.
	sweeping sync.WaitGroup
	cancel   func()

	mu         sync.Mutex
	slots      [MaxPolicies]*Policy
	tables     tables
	guard      *guard.Client // nil while no policy denies executions
	denying    uint64        // the policies that the guard judges by
	early      early
	fresh      []string
	err        error
	own        string // the container that the sensor itself runs in
	containers map[string]*target
	cgroups    map[uint64]string // the container that each is of
}

// maxFresh bounds the containers whose programs are to be judged late.
const maxFresh = 1024

// target is a container of a pod.
type target struct {
	id      string
	pod     Pod
	named   bool
	cgroups []uint64
	// empty says that the container had no process when that was looked for last.
	empty bool
}

// New returns an enforcer without policies. It writes into maps, which stay the caller's.
func New(maps Maps, o Options) *Enforcer {
	e := &Enforcer{
		options: o, maps: maps, containers: map[string]*target{}, cgroups: map[uint64]string{},
		tables: newTables(),
	}
	e.ender = newEnder(o, e.unmark)
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	e.sweeping.Go(func() { e.sweep(ctx) })
	return e
}

// Close ends what is being done. What is in the kernel goes with its tables.
func (e *Enforcer) Close() {
	e.cancel()
	e.sweeping.Wait()
	e.ender.stop()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.guard != nil {
		e.guard.Close()
		e.guard = nil
	}
}

// Spare has the kernel never stop a process: its number, and the start of its leader in nanoseconds since the boot.
func (e *Enforcer) Spare(tgid uint32, start uint64) error { return e.maps.spare(tgid, start) }

// Replace puts other policies in force, for containers that run as for those to come. What programs run already is not
// judged again.
func (e *Enforcer) Replace(set *Set) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.slots
	slots, fresh := assign(&old, set)
	// A bit that will be another policy's applies to nobody first.
	during := slots
	for i := range during {
		if fresh&(1<<i) != 0 {
			during[i] = nil
		}
	}
	want := compile(&slots, &e.tables)
	if err := want.check(); err != nil {
		return err
	}
	if err := e.setRules(rules(&slots, set)); err != nil {
		return err
	}
	e.slots = during
	errs := []error{e.reapply()}
	e.slots = slots
	errs = append(errs, e.maps.write(e.tables, want), e.reapply())
	e.tables = want
	return errors.Join(errs...)
}

// setRules has the guard judge by other rules: it is started by the first, and ends with the last.
func (e *Enforcer) setRules(r guard.Rules) error {
	e.denying = 0
	for i := range r.Policies {
		e.denying |= 1 << i
	}
	switch {
	case e.denying == 0 && e.guard != nil:
		e.guard.Close()
		e.guard = nil
	case e.denying != 0 && e.guard == nil:
		g, err := guard.Start(guard.ClientOptions{Command: e.options.Guard, Now: e.options.Now})
		if err != nil {
			return err
		}
		e.guard = g
	}
	if e.guard != nil {
		e.guard.SetRules(r)
	}
	return nil
}

// Own says in which container the sensor itself runs: no policy applies to it.
func (e *Enforcer) Own(id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.own = id
	return e.reapply()
}

// Guarding reports whether there is a guard, whose decisions are to be taken.
func (e *Enforcer) Guarding() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.guard != nil
}

// Decided returns something that the guard decided, if there is more, and the policies that matched.
func (e *Enforcer) Decided() (d guard.Decision, more bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.guard == nil {
		return d, false
	}
	select {
	case d = <-e.guard.Decisions():
		return d, true
	default:
		return d, false
	}
}

// GuardStats returns what the guard has done; ok is false when there is none.
func (e *Enforcer) GuardStats() (stats guard.Stats, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.guard == nil {
		return stats, false
	}
	return e.guard.Stats(), true
}

// reapply writes which policies apply to each container.
func (e *Enforcer) reapply() error {
	var errs []error
	for _, t := range e.containers {
		errs = append(errs, e.apply(t))
	}
	return errors.Join(errs...)
}

// apply writes which policies apply to a container.
func (e *Enforcer) apply(t *target) error {
	var mask uint64
	if t.named && t.id != e.own {
		for i, p := range e.slots {
			if p != nil && p.applies(&t.pod) {
				mask |= 1 << i
			}
		}
	}
	if e.guard != nil {
		e.guard.Watch(t.id, mask&e.denying)
	}
	var errs []error
	for _, id := range t.cgroups {
		errs = append(errs, e.maps.apply(id, mask))
	}
	return errors.Join(errs...)
}

// Cgroup takes in that there is a cgroup, and of what. Cgroups that are not of a pod's container are left alone.
func (e *Enforcer) Cgroup(id uint64, c container.ID) error {
	if c.Container == "" || c.PodUID == "" {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, known := e.cgroups[id]; known {
		return nil
	}
	t := e.containers[c.Container]
	if t == nil {
		t = &target{id: c.Container}
		t.pod, t.named = e.early.take(c.Container)
		e.containers[c.Container] = t
	}
	e.cgroups[id] = c.Container
	t.cgroups = append(t.cgroups, id)
	return e.apply(t)
}

// Forget takes in that a cgroup is not known any more.
func (e *Enforcer) Forget(id uint64) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.forget(id)
}

// forget is Forget, with e.mu held.
func (e *Enforcer) forget(id uint64) error {
	name, known := e.cgroups[id]
	if !known {
		return nil
	}
	delete(e.cgroups, id)
	t := e.containers[name]
	for i, have := range t.cgroups {
		if have == id {
			t.cgroups = append(t.cgroups[:i], t.cgroups[i+1:]...)
			break
		}
	}
	if len(t.cgroups) == 0 {
		delete(e.containers, name)
		if e.guard != nil {
			e.guard.Watch(name, 0)
		}
	}
	return e.maps.apply(id, 0)
}

// Pod takes in what pod a container is of. Until then no policy applies to it. It may come before the container's cgroup.
func (e *Enforcer) Pod(id string, pod *Pod) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.containers[id]
	if t == nil {
		e.early.add(id, pod)
		return
	}
	if t.named && t.pod == *pod {
		return
	}
	if !t.named && len(e.fresh) < maxFresh {
		e.fresh = append(e.fresh, id)
	}
	t.pod, t.named = *pod, true
	if err := e.apply(t); err != nil && e.err == nil {
		e.err = err
	}
}

// Err returns what went wrong while nobody could be told, nil for nothing.
func (e *Enforcer) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// Fresh returns the containers of which the pod has become known since it was called last: what they executed before was
// not judged.
func (e *Enforcer) Fresh() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := e.fresh
	e.fresh = nil
	return out
}

// Matching returns the mask of the policies that apply to a container and kill for a program of that path.
func (e *Enforcer) Matching(id, path string) (mask uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.containers[id]
	if t == nil || !t.named || id == e.own {
		return 0
	}
	for i, p := range e.slots {
		if p != nil && p.Action != DenyExec && p.applies(&t.pod) && p.Match.names(path) {
			mask |= 1 << i
		}
	}
	return mask
}

// Kill kills a process of a container: its number, and the start of its leader in nanoseconds since the boot. It reports
// whether there was one to kill.
func (e *Enforcer) Kill(id string, tgid uint32, start uint64) (bool, error) {
	p, err := killOne(e.options.Proc, int(tgid), id, start)
	return p.pid != 0, err
}

// Policies returns the policies of a mask of the kernel, in the order of their places.
func (e *Enforcer) Policies(mask uint64) []*Policy {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []*Policy
	for ; mask != 0; mask &= mask - 1 {
		if p := e.slots[bits.TrailingZeros64(mask)]; p != nil {
			out = append(out, p)
		}
	}
	return out
}

// End has all processes of the container end that a cgroup is of: the kernel kills each that does something, and a worker
// those that do nothing. Ended tells when that is done, once for each End that began it.
func (e *Enforcer) End(cgroup, policies uint64) (began bool, err error) {
	e.mu.Lock()
	name, known := e.cgroups[cgroup]
	var all []uint64
	if known {
		all = append(all, e.containers[name].cgroups...)
	}
	e.mu.Unlock()
	if !known {
		return false, nil
	}
	var errs []error
	for _, id := range all {
		errs = append(errs, e.maps.mark(id, policies))
	}
	began = e.ender.end(Ending{Container: name, cgroups: all, began: e.options.Now()})
	return began, errors.Join(errs...)
}

// Ended tells of containers that have been ended.
func (e *Enforcer) Ended() <-chan Ending { return e.ender.ended }

// unmark takes the marks from a container that is empty.
func (e *Enforcer) unmark(cgroups []uint64) error {
	var errs []error
	for _, id := range cgroups {
		errs = append(errs, e.maps.unmark(id))
	}
	return errors.Join(append(errs, e.maps.settle())...)
}
