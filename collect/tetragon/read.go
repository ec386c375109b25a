package tetragon

import (
	"cmp"
	"errors"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// Format is how Tetragon writes events.
var Format = foreign.Format{
	Name: "tetragon",
	Marks: [][]string{
		{"process_exec.process"}, {"process_exit.process"}, {"process_kprobe.process"}, {"process_tracepoint.process"},
		{"process_uprobe.process"}, {"process_lsm.process"}, {"process_loader.process"}, {"process_throttle.type"}, {"rate_limit_info.number_of_dropped_process_events"},
	},
	Read: read,
}

// errNoProcess is what an event without a process is.
var errNoProcess = errors.New("an event of Tetragon's without a process")

func read(doc []byte, to foreign.Rows) error {
	var m message
	if err := foreign.Unmarshal(doc, &m); err != nil {
		return err
	}
	if m.Throttle != nil {
		m.throttled(to)
		return nil
	}
	if m.Dropped != nil {
		m.dropped(to)
		return nil
	}
	o := cmp.Or(m.Exec, m.Exit, m.Kprobe, m.Tracepoint, m.LSM, m.Uprobe, m.Loader)
	if o == nil || o.Process == nil {
		return errNoProcess
	}
	if m.Exec != nil || m.Exit != nil {
		e := to.Begin(event.ClassProcess, nil)
		m.begin(e, o)
		o.lifetime(e, m.Exit != nil)
		to.End()
		return nil
	}
	h := o.hook(m.Uprobe != nil || m.Loader != nil)
	e := to.Begin(h.table, nil)
	m.begin(e, o)
	o.act(e, h)
	uid := to.End().String()
	if done := doneAbout(o.Action); done != "" {
		e = to.Begin(event.ClassAlert, nil)
		m.begin(e, o)
		o.acting(e)
		event.AlertRule.Set(e, cmp.Or(o.PolicyName, h.name))
		foreign.Text(e, event.Message, o.Message)
		event.AlertSeverity.Set(e, rule.High.String())
		event.AlertAction.Set(e, done)
		event.AlertEventUID.Set(e, uid)
		if len(o.Tags) > 0 {
			event.AlertTags.Set(e, o.Tags)
		}
		to.End()
	}
	return nil
}

// dropped makes a row of table health of events that its limit left out.
func (m *message) dropped(to foreign.Rows) {
	e := to.Begin(event.ClassHealth, nil)
	foreign.Time(e, event.Time, m.Time)
	foreign.Text(e, event.K8sNode, m.NodeName)
	event.Status.Set(e, "Failure")
	if n, err := m.Dropped.Count.Int64(); err == nil && n >= 0 {
		event.CoverageLost.Set(e, n)
		event.CoverageMissingQueue.Set(e, n)
	}
	event.Message.Set(e, "Tetragon left out events: they were more than the limit of its export")
	to.End()
}

// throttled makes a row of table health of what is no longer told, or told
// again.
func (m *message) throttled(to foreign.Rows) {
	e := to.Begin(event.ClassHealth, nil)
	foreign.Time(e, event.Time, m.Time)
	foreign.Text(e, event.K8sNode, m.NodeName)
	if m.Throttle.Type == "THROTTLE_START" {
		event.Status.Set(e, "Failure")
		event.Message.Set(e, "Tetragon leaves out events of "+m.Throttle.Cgroup+": they are more than its limit")
	} else {
		event.Status.Set(e, "Success")
		event.Message.Set(e, "Tetragon tells of "+m.Throttle.Cgroup+" again")
	}
	to.End()
}

// begin sets what rows of every table have.
func (m *message) begin(e *event.Event, o *occurrence) {
	foreign.Time(e, event.Time, cmp.Or(m.Time, o.Time, o.Process.StartTime))
	foreign.Text(e, event.K8sNode, m.NodeName)
	p := o.Process.Pod
	if p == nil {
		return
	}
	foreign.Text(e, event.K8sNamespace, p.Namespace)
	foreign.Text(e, event.K8sPod, p.Name)
	foreign.Text(e, event.K8sPodUID, p.UID)
	if p.WorkloadKind != "" && p.Workload != "" {
		event.K8sWorkloadKind.Set(e, p.WorkloadKind)
		event.K8sWorkload.Set(e, p.Workload)
	}
	if c := p.Container; c != nil {
		foreign.Text(e, event.ContainerUID, foreign.ContainerID(c.ID))
		foreign.Text(e, event.ContainerName, c.Name)
		if c.Image != nil {
			foreign.Text(e, event.ContainerImageName, c.Image.Name)
		}
	}
}

// lifetime sets the fields of a process that started or ended.
func (o *occurrence) lifetime(e *event.Event, ended bool) {
	p := o.Process
	activity := "Launch"
	if ended {
		activity = "Terminate"
		if n, ok := signals[o.Signal]; ok {
			event.ExitSignal.Set(e, n)
		} else if o.Signal == "" {
			event.ExitCode.Set(e, o.Status)
		}
		foreign.Time(e, event.Time, o.Time)
	}
	event.Activity.Set(e, activity)
	foreign.Text(e, event.ProcessUID, p.ExecID)
	foreign.Text(e, event.ProcessFilePath, p.Binary)
	foreign.Text(e, event.ProcessName, foreign.Base(p.Binary))
	foreign.Text(e, event.ProcessExe, p.Binary)
	event.ProcessArguments.Set(e, p.Arguments)
	foreign.Text(e, event.ProcessCmdLine, foreign.CommandLine(p.Binary, p.Arguments))
	foreign.Text(e, event.ProcessWorkingDirectory, p.CWD)
	foreign.Number(e, event.ProcessPID, p.PID)
	foreign.Number(e, event.ProcessUserUID, p.UID)
	foreign.Time(e, event.ProcessCreatedTime, p.StartTime)
	if p.Cap != nil {
		event.ProcessCapabilitiesEffective.Set(e, p.Cap.Effective)
		event.ProcessCapabilitiesPermitted.Set(e, p.Cap.Permitted)
	}
	p.user(e)
	foreign.Text(e, event.ProcessParentProcessUID, p.ParentExecID)
	if parent := o.Parent; parent != nil {
		foreign.Text(e, event.ProcessParentProcessFilePath, parent.Binary)
		foreign.Text(e, event.ProcessParentProcessName, foreign.Base(parent.Binary))
		foreign.Text(e, event.ProcessParentProcessCmdLine, foreign.CommandLine(parent.Binary, parent.Arguments))
		foreign.Number(e, event.ProcessParentProcessPID, parent.PID)
		lineage(e, event.ProcessAncestryPath, append([]process{*parent}, o.Ancestors...))
	}
	if o.entered() && !ended && p.ExecID != "" {
		event.ProcessEntered.Set(e, true)
		event.ProcessSessionRootUID.Set(e, p.ExecID)
	}
}

// entered reports whether a process was started in a container from outside:
// it is not the container's first, and its parent runs in none.
func (o *occurrence) entered() bool {
	p := o.Process.Pod
	if p == nil || p.Container == nil || p.Container.PID == nil || *p.Container.PID <= 1 {
		return false
	}
	return o.Parent != nil && o.Parent.Pod == nil && o.Parent.Docker == ""
}

// acting sets the process that did what a row tells.
func (o *occurrence) acting(e *event.Event) {
	p := o.Process
	foreign.Text(e, event.ActorProcessUID, p.ExecID)
	foreign.Text(e, event.ActorProcessFilePath, p.Binary)
	foreign.Text(e, event.ActorProcessName, foreign.Base(p.Binary))
	foreign.Text(e, event.ActorProcessExe, p.Binary)
	event.ActorProcessArguments.Set(e, p.Arguments)
	foreign.Text(e, event.ActorProcessCmdLine, foreign.CommandLine(p.Binary, p.Arguments))
	foreign.Text(e, event.ActorProcessWorkingDirectory, p.CWD)
	foreign.Number(e, event.ActorProcessPID, p.PID)
	if parent := o.Parent; parent != nil {
		foreign.Text(e, event.ActorProcessParentProcessFilePath, parent.Binary)
		foreign.Text(e, event.ActorProcessParentProcessName, foreign.Base(parent.Binary))
		foreign.Text(e, event.ActorProcessParentProcessCmdLine, foreign.CommandLine(parent.Binary, parent.Arguments))
		foreign.Number(e, event.ActorProcessParentProcessPID, parent.PID)
	}
}

// noLogin is the login uid of a process that nobody's login started.
const noLogin = 1<<32 - 1

// user sets as whom a process runs.
func (p *process) user(e *event.Event) {
	if p.AUID != nil && *p.AUID != noLogin {
		event.ActorUserLoginUID.Set(e, int64(*p.AUID))
	}
	if p.User != nil {
		foreign.Text(e, event.ActorUserName, p.User.Name)
	}
}

// lineage sets the programs of a process's ancestors.
func lineage(e *event.Event, f event.StringsField, of []process) {
	for _, p := range of {
		f.Append(e, p.Binary)
	}
}
