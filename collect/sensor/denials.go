//go:build linux

package sensor

import (
	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/collect/sensor/guard"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// decisions emits rows for what the guard decided.
func (r *rows) decisions() error {
	if r.enforcer == nil {
		return nil
	}
	if err := r.enforcer.Err(); err != nil {
		return err
	}
	if err := r.judgeRunning(); err != nil {
		return err
	}
	for {
		d, more := r.enforcer.Decided()
		if !more {
			return nil
		}
		if err := r.denied(&d); err != nil {
			return err
		}
	}
}

// ticks is how many nanoseconds the kernel's unit of time in procfs has (USER_HZ is 100 on all machines we build for).
const ticks = 1e9 / 100

// denied emits a row for each policy that matched what a process wanted to execute, or one for an answer that was not
// known in time.
func (r *rows) denied(d *guard.Decision) error {
	at, err := sinceBoot()
	if err != nil {
		return err
	}
	a := record.Actor{Process: record.Key{TGID: uint32(d.PID), Start: d.Start * ticks}}
	if p := r.table.FindNear(a.Process, ticks); p != nil {
		a.Process, a.Cgroup = p.Key, p.Cgroup
	}
	matched := r.enforcer.Policies(d.Policies)
	if len(matched) == 0 {
		matched = []*enforce.Policy{nil}
	}
	for _, p := range matched {
		e := r.actorRow(&a, at)
		set(e, event.ContainerUID, d.Container)
		set(e, event.PolicyObject, d.Path)
		set(e, event.PolicyObjectSHA256, d.SHA256)
		ruled(e, p, d)
		if err := r.finish(e); err != nil {
			return err
		}
	}
	return nil
}

// ruled says on a row what the guard made of it.
func ruled(e *event.Event, p *enforce.Policy, d *guard.Decision) {
	event.PolicyAction.Set(e, enforce.DenyExec.String())
	if p != nil {
		event.PolicyName.Set(e, p.Name)
		event.PolicyMode.Set(e, p.Mode.String())
	}
	disposition, verdict, result := dispositionBlocked, verdictDenied, "did not start"
	switch {
	case p != nil && p.Mode == enforce.ModeObserve:
		disposition, verdict, result = dispositionDetected, verdictObserved, "would not have started"
	case d.Denied && d.Late:
		result = "did not start: nothing was known of it within the bound"
	case d.Denied:
	case d.Killed:
		result = "killed after its start: it was not known within the bound"
	case p != nil:
		disposition, verdict, result = dispositionError, verdictObserved, "started: it was not known within the bound"
	default:
		disposition, verdict, result = dispositionDetected, verdictObserved, "started: nothing was known of it within the bound"
	}
	event.Disposition.Set(e, disposition)
	event.PolicyVerdict.Set(e, verdict)
	event.PolicyResult.Set(e, result)
}
