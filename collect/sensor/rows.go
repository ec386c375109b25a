//go:build linux

package sensor

import (
	"fmt"
	"strconv"

	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// The activities of rows.
const (
	activityLaunch    = "Launch"
	activityTerminate = "Terminate"
	activityRunning   = "Running"
)

// source is metadata.source of all rows.
const source = "sensor"

// maxLineage is how many ancestors a row names. Trees of containers are less deep than ten.
const maxLineage = 16

// rows turns records into rows. It is for one goroutine.
type rows struct {
	node    Node
	bootID  string
	clock   clock
	table   *process.Table
	cgroups *cgroups
	caps    capabilities
	hasher  *event.UIDHasher
	// sequence is the number of the last row: the time since the boot at which the sensor began, and one more for each
	// row. So that of a sensor which is started again is not used before.
	sequence uint64
	record   record.Record
	event    event.Event
	emit     func(*event.Event) error
	naming   *naming // nil without a runtime to ask
	// sent counts rows, repeated what two hooks told of one end.
	sent, repeated uint64
}

// take takes in a record and emits the row that it makes, if any. Its memory is free again then.
func (r *rows) take(b []byte) error {
	if err := r.record.Decode(b); err != nil {
		return err
	}
	return r.apply()
}

// apply does what the record asks for.
func (r *rows) apply() error {
	switch r.record.Kind {
	case record.KindFork:
		r.table.Fork(&r.record.Fork)
	case record.KindExec:
		return r.launched(r.table.Exec(&r.record.Program))
	case record.KindTask:
		if p := r.table.Found(&r.record.Program); p != nil && !p.Kernel {
			return r.row(p, activityRunning, r.record.Time)
		}
	case record.KindExit:
		return r.ended(r.table.Exit(&r.record.Exit, r.record.Time))
	case record.KindCgroup:
		return r.cgroup(&r.record.Cgroup)
	}
	return nil
}

func (r *rows) launched(p *process.Process) error { return r.row(p, activityLaunch, r.record.Time) }

// ended emits the end of a process that has run a program of its own; those that were only forked have had no row.
func (r *rows) ended(p *process.Process) error {
	if p == nil {
		r.repeated++
		return nil
	}
	if p.Execs == 0 && p.NSPID == 0 || p.Kernel {
		return nil
	}
	return r.row(p, activityTerminate, r.record.Time)
}

// row emits a row about a process.
func (r *rows) row(p *process.Process, activity string, at uint64) error {
	r.sequence++
	e := &r.event
	e.Reset(event.ClassProcess)
	event.MetadataUID.Set(e, r.hasher.Sum(source, r.node.ClusterUID, r.node.UID, r.bootID, strconv.FormatUint(r.sequence, 10)).String())
	event.Time.Set(e, r.clock.at(at))
	event.ReceivedTime.Set(e, r.clock.now().UnixNano())
	event.MetadataSource.Set(e, source)
	event.Activity.Set(e, activity)
	r.place(e, p.Cgroup)
	r.describe(e, p)
	if p.Parent != nil {
		r.parent(e, p.Parent)
	}
	if activity == activityTerminate {
		status(e, r.record.Exit.Status)
	}
	r.sent++
	return r.hand(e)
}

// hand hands a row over, with the names of its container if there is somebody to ask for them.
func (r *rows) hand(e *event.Event) (err error) {
	if id := event.ContainerUID.Get(e); id != "" && r.naming != nil {
		err = r.naming.row(e, id)
	} else {
		err = r.emit(e)
	}
	if err != nil {
		return fmt.Errorf("hand over an event: %w", err)
	}
	return nil
}

// cgroup takes in the names of a cgroup, and asks at once what its container is called: it has hardly begun.
func (r *rows) cgroup(c *record.Cgroup) error {
	if err := r.cgroups.take(c); err != nil || r.naming == nil {
		return err
	}
	id := r.cgroups.known[c.ID].Container
	if id == "" {
		return nil
	}
	_, err := r.naming.want(id)
	return err
}

// place says where it happened.
func (r *rows) place(e *event.Event, cgroup uint64) {
	set(e, event.K8sCluster, r.node.Cluster)
	set(e, event.K8sClusterUID, r.node.ClusterUID)
	set(e, event.K8sNode, r.node.Name)
	id := r.cgroups.known[cgroup]
	set(e, event.ContainerUID, id.Container)
	set(e, event.K8sPodUID, id.PodUID)
}

// describe says what the process is.
func (r *rows) describe(e *event.Event, p *process.Process) {
	event.ProcessPID.Set(e, int64(p.TGID))
	event.ProcessUID.Set(e, r.identity(p))
	event.ProcessCreatedTime.Set(e, r.clock.at(p.Start))
	event.ProcessName.Set(e, p.Comm)
	if !p.Known {
		return
	}
	event.ProcessExecID.Set(e, int64(p.Execs))
	set(e, event.ProcessFilePath, p.Exe)
	set(e, event.ProcessWorkingDirectory, p.CWD)
	set(e, event.ProcessCmdLine, p.CmdLine)
	set(e, event.ProcessTTY, p.TTY)
	if p.Unlinked {
		event.ProcessFileUnlinked.Set(e, true)
	}
	if p.NSPID != 0 {
		event.ProcessNamespacePID.Set(e, int64(p.NSPID))
	}
	if p.Session != 0 {
		event.ProcessSessionUID.Set(e, strconv.FormatUint(uint64(p.Session), 10))
	}
	event.ProcessUserUID.Set(e, int64(p.EUID))
	event.ProcessRealUID.Set(e, int64(p.UID))
	event.ProcessGid.Set(e, int64(p.EGID))
	if p.LoginUID != record.NoLogin {
		event.ActorUserLoginUID.Set(e, int64(p.LoginUID))
	}
	event.ProcessCapabilitiesEffective.Set(e, r.caps.names(p.Caps))
}

// parent says what is known of who made the process, and of their ancestors.
func (r *rows) parent(e *event.Event, p *process.Process) {
	event.ProcessParentProcessPID.Set(e, int64(p.TGID))
	event.ProcessParentProcessUID.Set(e, r.identity(p))
	set(e, event.ProcessParentProcessName, p.Comm)
	set(e, event.ProcessParentProcessFilePath, p.Exe)
	set(e, event.ProcessParentProcessCmdLine, p.CmdLine)
	for n := 0; p != nil && p.Known && !p.Kernel && n < maxLineage; n++ {
		event.ProcessAncestryPath.Append(e, p.Exe)
		p = p.Parent
	}
}

// identity returns the process's identity, which it works out once.
func (r *rows) identity(p *process.Process) string {
	if p.Identity == "" {
		id := event.Process{ClusterUID: r.node.ClusterUID, NodeUID: r.node.UID, BootID: r.bootID, TGID: p.TGID, Start: p.Start}
		p.Identity = id.UID(r.hasher).String()
	}
	return p.Identity
}

// status says how the process ended: wait(2) has the signal in the lower seven bits, the code in the second byte.
func status(e *event.Event, status uint32) {
	if signal := status & 0x7f; signal != 0 {
		event.ExitSignal.Set(e, int64(signal))
		return
	}
	event.ExitCode.Set(e, int64(status>>8&0xff))
}

// set sets a text unless there is none.
func set(e *event.Event, f event.StringField, v string) {
	if v != "" {
		f.Set(e, v)
	}
}
