//go:build linux

package sensor

import (
	"errors"

	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// judgeRunning judges what containers executed before it was known whose they are. What ran before the sensor is left
// alone.
func (r *rows) judgeRunning() error {
	var errs []error
	for _, id := range r.enforcer.Fresh() {
		var all []*process.Process
		r.table.Each(func(p *process.Process) {
			if p.Ended == 0 && p.Start >= r.since && p.Tree != nil && p.Tree.Container == id {
				all = append(all, p)
			}
		})
		for _, p := range all {
			mask := r.enforcer.Matching(id, p.Exe)
			for _, policy := range r.enforcer.Policies(mask) {
				errs = append(errs, r.judgeLate(id, p, policy, mask))
			}
		}
	}
	return errors.Join(errs...)
}

// judgeLate does to a process what a policy wants, and emits the row.
func (r *rows) judgeLate(id string, p *process.Process, policy *enforce.Policy, mask uint64) error {
	at, err := sinceBoot()
	if err != nil {
		return err
	}
	a := record.Actor{Process: p.Key, Cgroup: p.Cgroup}
	disposition, verdict, result := dispositionDetected, verdictObserved, "would have been killed after its start: it began before it was known whose the container is"
	if policy.Mode == enforce.ModeEnforce {
		killed, err := r.enforcer.Kill(id, p.TGID, p.Start)
		disposition, verdict, result = dispositionBlocked, verdictDenied, "killed after its start: it began before it was known whose the container is"
		if err != nil || !killed {
			disposition, result = dispositionError, "not killed: it had ended"
		}
		if err != nil {
			result = "not killed: " + err.Error()
		}
		if policy.Action == enforce.KillContainer {
			began, err := r.enforcer.End(p.Cgroup, mask)
			if err != nil {
				return err
			}
			if began {
				r.ending[id] = a
			}
		}
	}
	e := r.actorRow(&a, at)
	policyOf(e, policy)
	event.Disposition.Set(e, disposition)
	event.PolicyVerdict.Set(e, verdict)
	event.PolicyResult.Set(e, result)
	return r.finish(e)
}

// policyOf says on a row which policy it is about.
func policyOf(e *event.Event, p *enforce.Policy) {
	event.PolicyName.Set(e, p.Name)
	event.PolicyMode.Set(e, p.Mode.String())
	event.PolicyAction.Set(e, p.Action.String())
}
