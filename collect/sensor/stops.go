//go:build linux

package sensor

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// activityEnforce is that of rows which say what a policy made of an act.
const activityEnforce = "Enforce"

// What came of an act, in OCSF's words.
const (
	dispositionBlocked  = "Blocked"
	dispositionDetected = "Detected"
	dispositionError    = "Error"
	verdictDenied       = "Denied"
	verdictObserved     = "Observed"
)

// Names in the object.
const (
	mapPoliciesOf = "policies_of"
	mapSpared     = "spared"
	mapMasks      = "policy_masks"
	mapPrograms   = "programs_stopped"
	mapPeers      = "peers_stopped"
	mapPorts      = "ports_stopped"
	mapMarked     = "marked"
	varMarks      = "marks"
)

// enforce puts the spec's policies in force.
func (s *Sensor) enforce() error {
	if s.spec.Policies == nil {
		return nil
	}
	in := s.programs.collection
	maps := enforce.Maps{
		PoliciesOf: in.Maps[mapPoliciesOf], Spared: in.Maps[mapSpared], Masks: in.Maps[mapMasks], Programs: in.Maps[mapPrograms],
		Peers: in.Maps[mapPeers], Ports: in.Maps[mapPorts], Marked: in.Maps[mapMarked], Marks: in.Variables[varMarks],
	}
	unified, err := cgroup2Root(s.spec.Proc)
	if err != nil {
		return err
	}
	s.enforcer = enforce.New(maps, enforce.Options{Proc: s.spec.Proc, Unified: unified, Guard: s.spec.Guard, Now: s.spec.Now})
	s.rows.enforcer = s.enforcer
	s.rows.cgroups.forget = s.forgetting(s.rows.cgroups.forget)
	return s.enforcer.Replace(s.spec.Policies)
}

// forgetting returns what is called with a cgroup that is forgotten.
func (s *Sensor) forgetting(before func(uint64) error) func(uint64) error {
	return func(id uint64) error { return errors.Join(s.enforcer.Forget(id), before(id)) }
}

// SetPolicies puts other policies in force, also while Run works. The sensor must have been loaded with policies.
func (s *Sensor) SetPolicies(set *enforce.Set) error {
	if s.enforcer == nil {
		return errors.New("the sensor was started without policies: start it with a set of them, which may be empty")
	}
	return s.enforcer.Replace(set)
}

// heard takes in what is known of a container, at once: its first program may be executed some milliseconds later. It is
// called by those who ask for names. What the API server has not told is not known.
func (s *Sensor) heard(a *answer) {
	if !a.known {
		return
	}
	pod := enforce.Pod{Namespace: a.names.Namespace, Name: a.names.Pod, UID: a.names.PodUID, Container: a.names.Container}
	if a.pod != nil {
		pod.Kind, pod.Workload, pod.PriorityClass = a.pod.Kind, a.pod.Workload, a.pod.PriorityClass
	}
	s.enforcer.Pod(a.id, &pod)
}

// stopped emits a row for each policy that matched, and has the container ended if one of them wants that.
func (r *rows) stopped(s *record.Stop) error {
	if r.enforcer == nil {
		return nil
	}
	ends := false
	for _, p := range r.enforcer.Policies(s.Matched) {
		enforced := p.Mode == enforce.ModeEnforce && s.Enforced != 0
		ends = ends || enforced && p.Action == enforce.KillContainer
		e := r.stopRow(s)
		decided(e, p, enforced, s)
		if err := r.finish(e); err != nil {
			return err
		}
	}
	if !ends || s.What == record.StopMarked {
		return nil
	}
	began, err := r.enforcer.End(s.Container, s.Enforced)
	if began {
		r.ending[r.cgroups.known[s.Container].Container] = s.Actor
	}
	return err
}

// decided says on a row what a policy made of it.
func decided(e *event.Event, p *enforce.Policy, enforced bool, s *record.Stop) {
	policyOf(e, p)
	disposition, verdict, result := dispositionDetected, verdictObserved, "would have been stopped before its first instruction"
	if s.What == record.StopConnect {
		result = "would have been refused (EPERM)"
	}
	if enforced {
		disposition, verdict, result = dispositionBlocked, verdictDenied, "killed before its first instruction"
		switch s.What {
		case record.StopMarked:
			result = "killed with its container"
		case record.StopConnect:
			result = "refused (EPERM)"
		}
		if s.Result != 0 {
			disposition, result = dispositionError, "not killed: "+unix.Errno(-s.Result).Error()
		}
		if s.Unmarked {
			result += "; the container was not marked: there are too many marks"
		}
	}
	event.Disposition.Set(e, disposition)
	event.PolicyVerdict.Set(e, verdict)
	event.PolicyResult.Set(e, result)
}

// stopRow begins a row about what a policy matched.
func (r *rows) stopRow(s *record.Stop) *event.Event {
	if s.What != record.StopConnect {
		return r.actorRow(&s.Actor, r.record.Time)
	}
	e := r.act(event.ClassNetwork, activityEnforce, &s.Actor, r.record.Time)
	endpoint(e, event.DstEndpointIP, event.DstEndpointPort, s.Peer)
	set(e, event.ConnectionInfoProtocolName, protocols[s.Protocol&0xff]) // MPTCP, 262, is TCP by these bits, too
	return e
}

// actorRow begins a row about the process that acts, in table process.
func (r *rows) actorRow(a *record.Actor, at uint64) *event.Event {
	p := r.table.Find(a.Process)
	if p == nil {
		p = &process.Process{Key: a.Process, LoginUID: record.NoLogin}
	}
	e := r.begin(event.ClassProcess, activityEnforce, at)
	r.place(e, a.Cgroup)
	r.describe(e, p, &ofRow)
	event.ProcessExecID.Set(e, int64(p.Execs))
	return e
}

// itself takes in which process the sensor itself is: neither it is ever stopped, nor anything in its container, where
// its guard is.
func (r *rows) itself(p *record.Program) error {
	if r.enforcer == nil {
		return nil
	}
	return errors.Join(r.enforcer.Spare(p.Process.TGID, p.Process.Start), r.enforcer.Own(r.cgroups.known[p.Cgroup].Container))
}

// endings emits a row for each container that has been ended.
func (r *rows) endings() error {
	if r.enforcer == nil {
		return nil
	}
	for {
		select {
		case x := <-r.enforcer.Ended():
			if err := r.emptied(&x); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// emptied emits what came of ending a container, on a row about the process that was the reason.
func (r *rows) emptied(x *enforce.Ending) error {
	at, err := sinceBoot()
	if err != nil {
		return err
	}
	by := r.ending[x.Container]
	delete(r.ending, x.Container)
	e := r.actorRow(&by, at)
	event.PolicyAction.Set(e, enforce.KillContainer.String())
	event.PolicyMode.Set(e, enforce.ModeEnforce.String())
	event.PolicyVerdict.Set(e, verdictDenied)
	event.Disposition.Set(e, dispositionBlocked)
	result := fmt.Sprintf("container emptied in %v; %d of its processes were killed by the sensor", x.Took, x.Killed)
	if x.Err != nil {
		event.Disposition.Set(e, dispositionError)
		result = fmt.Sprintf("container not emptied: %v", x.Err)
	}
	event.PolicyResult.Set(e, result)
	return r.finish(e)
}
