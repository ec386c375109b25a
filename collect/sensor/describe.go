//go:build linux

package sensor

import (
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// maxLineage is how many ancestors a row names. Trees of containers are less deep than ten.
const maxLineage = 16

// part is where a row says what a process is: one has the process of the row, the other who acts.
type part struct {
	pid, namespacePID, duration                              event.IntField
	uid, name, path, exe, arguments, cmdLine, directory, tty event.StringField
	capabilities, permitted, environment                     event.StringsField
	groupLeader                                              event.BoolField
	parentPID                                                event.IntField
	parentName, parentPath, parentCmdLine, parentExe         event.StringField
	aname, apath, acmdLine, aexe                             event.StringsField
	leader                                                   event.StringField
	entered                                                  event.BoolField
	root, origin                                             event.StringField
	upper, memory                                            event.BoolField
}

// memoryPrefix begins the path of a program that exists in memory only, as the record has it.
const memoryPrefix = "memfd:"

var ofRow = part{
	pid: event.ProcessPID, duration: event.ProcessDuration, namespacePID: event.ProcessNamespacePID, uid: event.ProcessUID, name: event.ProcessName, path: event.ProcessFilePath,
	exe: event.ProcessExe, arguments: event.ProcessArguments, cmdLine: event.ProcessCmdLine, directory: event.ProcessWorkingDirectory, tty: event.ProcessTTY,
	capabilities: event.ProcessCapabilitiesEffective, parentPID: event.ProcessParentProcessPID, parentName: event.ProcessParentProcessName,
	parentPath: event.ProcessParentProcessFilePath, parentCmdLine: event.ProcessParentProcessCmdLine, parentExe: event.ProcessParentProcessExe,
	aname: event.ProcessAncestryName, apath: event.ProcessAncestryPath, acmdLine: event.ProcessAncestryCmdLine, aexe: event.ProcessAncestryExe,
	leader: event.ProcessSessionLeader, entered: event.ProcessEntered, root: event.ProcessSessionRootUID,
	origin: event.ProcessFileOrigin, upper: event.ProcessFileUpperLayer, memory: event.ProcessFileMemoryOnly,
	permitted: event.ProcessCapabilitiesPermitted, environment: event.ProcessEnvironment,
	groupLeader: event.ProcessGroupLeader,
}

var ofActor = part{
	pid: event.ActorProcessPID, duration: event.ActorProcessDuration, namespacePID: event.ActorProcessNamespacePID, uid: event.ActorProcessUID, name: event.ActorProcessName, path: event.ActorProcessFilePath,
	exe: event.ActorProcessExe, arguments: event.ActorProcessArguments, cmdLine: event.ActorProcessCmdLine, directory: event.ActorProcessWorkingDirectory, tty: event.ActorProcessTTY,
	capabilities: event.ActorProcessCapabilitiesEffective, parentPID: event.ActorProcessParentProcessPID, parentName: event.ActorProcessParentProcessName,
	parentPath: event.ActorProcessParentProcessFilePath, parentCmdLine: event.ActorProcessParentProcessCmdLine, parentExe: event.ActorProcessParentProcessExe,
	aname: event.ActorProcessAncestryName, apath: event.ActorProcessAncestryPath, acmdLine: event.ActorProcessAncestryCmdLine, aexe: event.ActorProcessAncestryExe,
	leader: event.ActorProcessSessionLeader, entered: event.ActorProcessEntered, root: event.ActorProcessSessionRootUID,
	origin: event.ActorProcessFileOrigin, upper: event.ActorProcessFileUpperLayer, memory: event.ActorProcessFileMemoryOnly,
	permitted: event.ActorProcessCapabilitiesPermitted, environment: event.ActorProcessEnvironment,
	groupLeader: event.ActorProcessGroupLeader,
}

// describe says what a process is, in one of the two parts of a row.
func (r *rows) describe(e *event.Event, p *process.Process, in *part) {
	in.pid.Set(e, int64(p.TGID))
	in.duration.Set(e, max(0, event.Time.Get(e)-r.clock.at(p.Start)))
	in.uid.Set(e, r.identity(p))
	in.name.Set(e, p.Comm)
	if p.Known {
		set(e, in.path, p.Exe)
		set(e, in.directory, p.CWD)
		set(e, in.cmdLine, p.CmdLine)
		set(e, in.exe, p.Argument())
		if p.CmdLine != "" {
			in.arguments.Set(e, p.Arguments()) // none is told from not known
		}
		for _, v := range p.Environment {
			in.environment.Append(e, v)
		}
		set(e, in.tty, p.TTY)
		if p.NSPID != 0 {
			in.namespacePID.Set(e, int64(p.NSPID))
		}
		in.capabilities.Set(e, r.caps.names(p.Caps))
		in.permitted.Set(e, r.caps.names(p.Permitted))
		if p.Group == p.TGID {
			in.groupLeader.Set(e, true)
		}
		if strings.HasPrefix(p.Exe, memoryPrefix) {
			in.memory.Set(e, true)
		}
		r.user(e, p, in == &ofRow)
	}
	if in == &ofRow {
		r.own(e, p)
	}
	if p.Parent != nil {
		r.lineage(e, p, p.Parent, in)
	}
	r.leader(e, p, in)
	r.tree(e, p, in)
	in.from(e, r.origin(p))
}

// standardStreams are the values of process.network_streams.
var standardStreams = [...]struct {
	flag record.Flags
	name string
}{{record.StdinNetwork, "stdin"}, {record.StdoutNetwork, "stdout"}, {record.StderrNetwork, "stderr"}}

// own says of the process of a row what is not said of one that acts.
func (r *rows) own(e *event.Event, p *process.Process) {
	event.ProcessCreatedTime.Set(e, r.clock.at(p.Start))
	if p.Unlinked {
		event.ProcessFileUnlinked.Set(e, true)
	}
	for _, stream := range standardStreams {
		if p.Streams&stream.flag != 0 {
			event.ProcessNetworkStreams.Append(e, stream.name)
		}
	}
	if p.Parent != nil {
		event.ProcessParentProcessUID.Set(e, r.identity(p.Parent))
	}
}

// user says as whom the process runs.
func (r *rows) user(e *event.Event, p *process.Process, own bool) {
	if own {
		event.ProcessUserUID.Set(e, int64(p.EUID))
		event.ProcessRealUID.Set(e, int64(p.UID))
		event.ProcessGid.Set(e, int64(p.EGID))
	} else {
		event.ActorUserUID.Set(e, strconv.FormatUint(uint64(p.EUID), 10))
		event.ActorUserGroupUID.Set(e, int64(p.EGID))
	}
	if p.LoginUID != record.NoLogin {
		event.ActorUserLoginUID.Set(e, int64(p.LoginUID))
		set(e, event.ActorUserLoginName, r.users.Name("", p.TGID, p.LoginUID))
	}
	set(e, event.ActorUserName, r.users.Name(event.ContainerUID.Get(e), p.TGID, p.EUID))
}

// lineage says what is known of who made the process, parent, and of their ancestors.
func (r *rows) lineage(e *event.Event, of, parent *process.Process, in *part) {
	in.parentPID.Set(e, int64(parent.TGID))
	set(e, in.parentName, parent.Comm)
	set(e, in.parentPath, parent.Exe)
	set(e, in.parentCmdLine, parent.CmdLine)
	set(e, in.parentExe, parent.Argument())
	count := r.ancestors(of, parent)
	// One list after the other: a list grows only at the end of what the event holds.
	for n, a := 0, parent; n < count; n, a = n+1, a.Parent {
		in.aname.Append(e, a.Comm)
	}
	for n, a := 0, parent; n < count; n, a = n+1, a.Parent {
		in.apath.Append(e, a.Exe)
	}
	for n, a := 0, parent; n < count; n, a = n+1, a.Parent {
		in.acmdLine.Append(e, a.CmdLine)
	}
	for n, a := 0, parent; n < count; n, a = n+1, a.Parent {
		in.aexe.Append(e, a.Argument())
	}
}

// ancestors returns how many of the ancestors a row names, the first of which is a. Of a process in a container these are
// the ones in it, the parts of the runtime that started it, and who asked the runtime to: what that descends from (an
// administrator's shell, a build) says nothing about the container, and must excuse nothing in it.
func (r *rows) ancestors(of, a *process.Process) (n int) {
	container := r.containerOf(of)
	for ; a != nil && a.Known && !a.Kernel && n < maxLineage; a = a.Parent {
		n++
		if container != "" && a.Cgroup != of.Cgroup && r.containerOf(a) != container && !startsContainers(a) {
			break
		}
	}
	return n
}

// leader names the process that leads the session, which is the process itself or one of its ancestors, as a rule. Where
// that is not known any more, the eldest of the ancestors in the session stands for it.
func (r *rows) leader(e *event.Event, p *process.Process, in *part) {
	session, eldest := p.Session, p
	for n := 0; p != nil && session != 0 && n <= maxLineage; n++ {
		if p.TGID == session {
			set(e, in.leader, p.Comm)
			return
		}
		if p.Session == session {
			eldest = p
		}
		p = p.Parent
	}
	if session != 0 {
		set(e, in.leader, eldest.Comm)
	}
}
