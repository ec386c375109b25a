package kubearmor

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/foreign/calls"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// Format is how KubeArmor writes alerts and logs.
var Format = foreign.Format{
	Name:  "kubearmor",
	Marks: [][]string{{"Operation", "Resource", "HostName", "Type"}, {"Operation", "Resource", "PolicyName"}, {"Operation", "Type", "HostPID"}},
	Read:  read,
}

// message is an alert or a log.
type message struct {
	Timestamp         json.Number
	UpdatedTime       string
	ClusterName       string
	HostName          string
	NamespaceName     string
	Owner             struct{ Ref, Name string }
	PodName           string
	ContainerID       string
	ContainerName     string
	ContainerImage    string
	HostPPID, HostPID *uint32
	PID               *uint32 // in the container
	UID               *uint32
	ParentProcessName string
	ProcessName       string
	PolicyName        string
	Severity          string
	Tags              string
	ATags             []string
	Message           string
	Type              string
	Source            string
	Operation         string
	Resource          string
	Cwd               string
	TTY               string
	Data              string
	Action            string
	Result            string
}

// errNoOperation is what a message of KubeArmor's is that tells of nothing done.
var errNoOperation = errors.New("a message of KubeArmor's without an operation")

func read(doc []byte, to foreign.Rows) error {
	var m message
	if err := foreign.Unmarshal(doc, &m); err != nil {
		return err
	}
	if m.Operation == "" {
		return errNoOperation
	}
	table, activity, call := m.table()
	e := to.Begin(table, nil)
	m.place(e)
	event.Activity.Set(e, activity)
	foreign.Text(e, event.SyscallName, call)
	m.do(e)
	if table == event.ClassProcess && m.PID != nil && *m.PID != 1 {
		foreign.Entered(e, m.Source, m.HostName, m.ContainerID, m.UpdatedTime, m.Resource)
	}
	event.Status.Set(e, "Failure")
	if m.Result == "Passed" {
		event.Status.Set(e, "Success")
	}
	uid := to.End().String()
	if !strings.HasPrefix(m.Type, "Matched") {
		return nil
	}
	e = to.Begin(event.ClassAlert, nil)
	m.place(e)
	m.acting(e)
	event.AlertRule.Set(e, cmp.Or(m.PolicyName, m.Type))
	event.AlertSeverity.Set(e, m.severity().String())
	foreign.Text(e, event.AlertPriority, m.Severity)
	foreign.Text(e, event.Message, cmp.Or(m.Message, m.Operation+" "+m.Resource))
	foreign.Text(e, event.AlertAction, m.Action)
	event.AlertEventUID.Set(e, uid)
	if tags := m.tags(); len(tags) > 0 {
		event.AlertTags.Set(e, tags)
	}
	to.End()
	return nil
}

// table returns where the row of what was done belongs. Data names the system
// call: "syscall=SYS_OPENAT fd=-100 flags=O_RDONLY".
func (m *message) table() (table event.Class, activity, call string) {
	name, _, _ := strings.Cut(m.data("syscall"), " ")
	name = strings.ToLower(strings.TrimPrefix(name, "SYS_"))
	if table, activity, ok := calls.Of(name); ok && m.Operation != "Process" {
		return table, activity, name
	}
	switch m.Operation {
	case "Process":
		return event.ClassProcess, "Launch", name
	case "File":
		return event.ClassFile, "Open", name
	case "Network":
		return event.ClassNetwork, "Traffic", name
	}
	return event.ClassKernel, m.Operation, name
}

// data returns what Data has under a name: its parts are parted by blanks or
// commas.
func (m *message) data(name string) string {
	for part := range strings.FieldsFuncSeq(m.Data, func(r rune) bool { return r == ' ' || r == ',' }) {
		if k, v, ok := strings.Cut(part, "="); ok && k == name {
			return v
		}
	}
	return ""
}

// place sets when and where it happened.
func (m *message) place(e *event.Event) {
	foreign.Time(e, event.Time, m.UpdatedTime)
	if n, err := m.Timestamp.Int64(); err == nil && !event.Time.Has(e) && n > 0 && n < 1<<33 {
		event.Time.Set(e, n*1e9)
	}
	foreign.Text(e, event.K8sNode, m.HostName)
	foreign.Text(e, event.K8sNamespace, m.NamespaceName)
	foreign.Text(e, event.K8sPod, m.PodName)
	if m.Owner.Ref != "" && m.Owner.Name != "" {
		event.K8sWorkloadKind.Set(e, m.Owner.Ref)
		event.K8sWorkload.Set(e, m.Owner.Name)
	}
	foreign.Text(e, event.ContainerUID, m.ContainerID)
	foreign.Text(e, event.ContainerName, m.ContainerName)
	foreign.Text(e, event.ContainerImageName, m.ContainerImage)
}

// do sets what was done and by whom.
func (m *message) do(e *event.Event) {
	switch e.Class {
	case event.ClassProcess:
		path, line := m.program()
		foreign.Text(e, event.ProcessFilePath, path)
		foreign.Text(e, event.ProcessName, foreign.Base(path))
		foreign.Text(e, event.ProcessCmdLine, line)
		foreign.Number(e, event.ProcessPID, m.HostPID)
		foreign.Number(e, event.ProcessUserUID, m.UID)
		foreign.Text(e, event.ProcessWorkingDirectory, m.Cwd)
		foreign.Text(e, event.ProcessTTY, m.TTY)
		foreign.Text(e, event.ProcessParentProcessFilePath, m.ParentProcessName)
		foreign.Text(e, event.ProcessParentProcessName, foreign.Base(m.ParentProcessName))
		foreign.Text(e, event.ProcessParentProcessCmdLine, m.Source)
		foreign.Number(e, event.ProcessParentProcessPID, m.HostPPID)
		return
	case event.ClassFile:
		event.FilePath.Set(e, m.Resource)
		event.FileName.Set(e, foreign.Base(m.Resource))
		if flags := m.data("flags"); flags != "" {
			event.FileOpenWrite.Set(e, strings.Contains(flags, "O_WRONLY") || strings.Contains(flags, "O_RDWR"))
		}
	case event.ClassNetwork:
		foreign.Address(e, event.DstEndpointIP, cmp.Or(m.data("daddr"), m.data("remoteip")))
		if port, err := strconv.ParseInt(cmp.Or(m.data("port"), m.data("dport")), 10, 64); err == nil {
			foreign.Port(e, event.DstEndpointPort, port)
		}
		foreign.Text(e, event.DstEndpointHostname, m.data("domain"))
		foreign.Text(e, event.ConnectionInfoProtocolName, strings.ToLower(m.data("protocol")))
	}
	m.acting(e)
}

// program returns path and command line of the process that a message is about:
// of one that was to start those of Resource, else those of Source.
func (m *message) program() (path, line string) {
	if m.Operation == "Process" {
		path, _, _ = strings.Cut(m.Resource, " ")
		return path, m.Resource
	}
	path, _, _ = strings.Cut(m.Source, " ")
	return cmp.Or(m.ProcessName, path), m.Source
}

// acting sets the process that did it.
func (m *message) acting(e *event.Event) {
	path, line := m.program()
	foreign.Text(e, event.ActorProcessFilePath, path)
	foreign.Text(e, event.ActorProcessName, foreign.Base(path))
	foreign.Text(e, event.ActorProcessCmdLine, line)
	foreign.Number(e, event.ActorProcessPID, m.HostPID)
	foreign.Text(e, event.ActorProcessWorkingDirectory, m.Cwd)
	foreign.Text(e, event.ActorProcessParentProcessFilePath, m.ParentProcessName)
}

// severity returns what KubeArmor's number, 1 to 10, stands for.
func (m *message) severity() rule.Severity {
	switch n, err := strconv.Atoi(m.Severity); {
	case err != nil:
		return rule.Medium
	case n >= 8:
		return rule.High
	case n >= 4:
		return rule.Medium
	}
	return rule.Low
}

// tags returns the tags of the policy.
func (m *message) tags() []string {
	if len(m.ATags) > 0 {
		return m.ATags
	}
	return strings.FieldsFunc(m.Tags, func(r rune) bool { return r == ',' || r == ' ' })
}
