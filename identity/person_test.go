package identity

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// execEvent is an audit event of a request to run a command in shop/web-1, at a time in seconds.
func execEvent(uid, user, command, stage string, code, at int64) *event.Event {
	var e event.Event
	e.Reset(event.ClassAudit)
	event.MetadataUID.Set(&e, uid)
	event.ActorUserName.Set(&e, user)
	event.ResourceType.Set(&e, "pods")
	event.ResourceSubresource.Set(&e, "exec")
	event.ResourceName.Set(&e, "web-1")
	event.K8sNamespace.Set(&e, "shop")
	event.AuditExecContainer.Set(&e, "app")
	event.AuditExecCommandLine.Set(&e, command)
	event.AuditStage.Set(&e, stage)
	event.APIResponseCode.Set(&e, code)
	event.Time.Set(&e, at*1e9)
	return &e
}

// sensorRow is a row of a process, which is or descends from root.
func sensorRow(class event.Class, uid, root, command string, at int64) *event.Event {
	var e event.Event
	e.Reset(class)
	event.Activity.Set(&e, "Launch")
	event.Time.Set(&e, at*1e9)
	event.K8sCluster.Set(&e, "prod")
	event.K8sNamespace.Set(&e, "shop")
	event.K8sPod.Set(&e, "web-1")
	event.ContainerName.Set(&e, "app")
	if class != event.ClassProcess {
		event.ActorProcessSessionRootUID.Set(&e, root)
		return &e
	}
	event.ProcessUID.Set(&e, uid)
	event.ProcessCmdLine.Set(&e, command)
	if root != "" {
		event.ProcessSessionRootUID.Set(&e, root)
	}
	return &e
}

func TestPerson(t *testing.T) {
	c, err := NewCallers(CallersOptions{})
	if err != nil {
		t.Fatal(err)
	}
	said := func(e *event.Event) string {
		out := event.K8sSessionUser.Get(e) + " " + event.K8sSessionUID.Get(e)
		if l := event.K8sSessionCandidates.Get(e); len(l) > 0 {
			out += " of " + strings.Join(l, ",")
		}
		return out
	}
	shell := sensorRow(event.ClassProcess, "p1", "p1", "sh", 101)
	if c.Observe(shell) || !c.Lacks() || said(shell) != " " { // the process is told of before the request is
		t.Errorf("of a process without a request: %q", said(shell))
	}
	if settled := c.Observe(sensorRow(event.ClassProcess, "p0", "", "server", 101)); c.Lacks() || !settled {
		t.Errorf("a process of the container itself: lacks %v, settled %v", c.Lacks(), settled)
	}
	c.Observe(execEvent("r1", "ann", "sh", "ResponseStarted", 101, 100))
	c.Observe(execEvent("r2", "eve", "sh", "ResponseComplete", 403, 100))
	child := sensorRow(event.ClassProcess, "p2", "p1", "cat /etc/passwd", 102)
	c.Observe(child)
	opened := sensorRow(event.ClassFile, "", "p1", "", 103)
	c.Observe(opened)
	if lacks := c.Complete(shell); !lacks {
		t.Error("it is certain too early")
	}
	for name, e := range map[string]*event.Event{"shell": shell, "child": child, "file": opened} {
		if got := said(e); got != "ann r1" {
			t.Errorf("%s: %q", name, got)
		}
	}
	c.Observe(execEvent("r3", "bob", "sh", "ResponseStarted", 101, 101))
	c.Resolve(shell)
	if got := said(shell); got != "  of ann,bob" {
		t.Errorf("with a second request: %q", got)
	}
	c.Observe(execEvent("r3", "bob", "sh", "ResponseComplete", 500, 102))
	c.Observe(sensorRow(event.ClassProcess, "p9", "", "later", 130))
	if lacks := c.Complete(shell); lacks || said(shell) != "ann r1" {
		t.Errorf("after the second failed: %q, lacks %v", said(shell), lacks)
	}
}
