package identity

import (
	"cmp"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity/session"
)

// learnExec learns from a request to run a command in a container.
func (cl *cluster) learnExec(e *event.Event, t int64) {
	if event.ResourceType.Get(e) != "pods" || event.ResourceSubresource.Get(e) != "exec" || event.ResourceGroup.Get(e) != "" {
		return
	}
	r := session.Request{
		UID: event.MetadataUID.Get(e), User: event.ActorUserName.Get(e),
		Place:     session.Place{Namespace: event.K8sNamespace.Get(e), Pod: cmp.Or(event.K8sPod.Get(e), event.ResourceName.Get(e))},
		Container: event.AuditExecContainer.Get(e), Command: event.AuditExecCommandLine.Get(e),
		Received: t,
	}
	if event.AuditRequestTime.Has(e) {
		r.Received = event.AuditRequestTime.Get(e)
	}
	if code, ok := event.APIResponseCode.Get(e); ok && code >= 400 {
		cl.sessions.Withdraw(r)
		return
	}
	switch event.AuditStage.Get(e) {
	case "ResponseStarted":
		r.Started = t
	case "ResponseComplete", "Panic":
		r.Ended = t
	}
	cl.sessions.Request(r)
}

// learnStart learns from a process that was started in a container from outside.
func (cl *cluster) learnStart(e *event.Event, t int64) {
	if e.Class != event.ClassProcess || event.Activity.Get(e) != "Launch" {
		return
	}
	root := event.ProcessSessionRootUID.Get(e)
	if root == "" || root != event.ProcessUID.Get(e) || event.K8sPod.Get(e) == "" {
		return
	}
	cl.sessions.Start(session.Start{
		Root: root, Place: session.Place{Namespace: event.K8sNamespace.Get(e), Pod: event.K8sPod.Get(e)},
		Container: event.ContainerName.Get(e), Command: event.ProcessCmdLine.Get(e), Time: t,
	})
}

// person sets whose request started the process of an event, or an ancestor of it. settled is false while that may turn
// out otherwise, lacks says that nobody is known.
func (j *join) person() (settled, lacks bool) {
	e := j.e
	root := event.ProcessSessionRootUID.Get(e)
	if root == "" {
		root = event.ActorProcessSessionRootUID.Get(e)
	}
	if root == "" {
		return true, false
	}
	p, at, known := j.cl.sessions.Of(root)
	for _, f := range [...]struct {
		field event.StringField
		value string
	}{{event.K8sSessionUser, p.User}, {event.K8sSessionUID, p.UID}} {
		if f.value == "" {
			e.Clear(f.field.ID())
		} else {
			f.field.Set(e, f.value)
		}
	}
	e.Clear(event.K8sSessionCandidates.ID())
	if len(p.Candidates) > 0 {
		event.K8sSessionCandidates.Set(e, p.Candidates)
	}
	settled = !known || j.cl.clock-at > session.Settled
	return settled, known && (p.User == "" || !settled)
}
