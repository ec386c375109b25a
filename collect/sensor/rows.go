//go:build linux

package sensor

import (
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/collect/sensor/users"
	"github.com/lynceus-io/lynceus/event"
)

// The activities of rows.
const (
	activityLaunch    = "Launch"
	activityTerminate = "Terminate"
	activityRunning   = "Running"
	activitySetUser   = "Set User ID"
)

// source is metadata.source of all rows.
const source = "sensor"

// rows turns records into rows. It is for one goroutine.
type rows struct {
	node    Node
	bootID  string
	clock   clock
	table   *process.Table
	cgroups *cgroups
	started started
	caps    capabilities
	hasher  *event.UIDHasher
	users   *users.Names
	// sequence is the number of the last row: the time since the boot at which the sensor began, and one more for each
	// row. So that of a sensor which is started again is not used before.
	sequence uint64
	record   record.Record
	event    event.Event
	emit     func(*event.Event) error
	naming   *naming // nil without a runtime to ask
	network  network
	plan     atomic.Pointer[plan.Plan]
	capture  atomic.Pointer[Capture]
	enforcer *enforce.Enforcer
	since    uint64 // when the sensor was loaded, in nanoseconds since the boot
	// ending has the process that was the reason for each container that is being ended.
	ending map[string]record.Actor
	// running are processes that were found and have had no row yet.
	running []foundRunning
	// sent counts rows, repeated what two hooks told of one end, filtered what the kernel let through and nobody wants.
	sent, repeated, filtered uint64
	hashing                  *hashing
	noEnds                   bool // rows of processes that end are not wanted
	// overlays looks at the mounts that a process sees, for those that containers write to; nil when nobody asks for files
	// that change.
	overlays func(pid uint32)
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
		return r.executed(&r.record.Program)
	case record.KindTask:
		if p := r.table.Found(&r.record.Program); p != nil && !p.Kernel {
			r.running = append(r.running, foundRunning{p.Key, r.record.Program.Parent, r.record.Time})
		}
	case record.KindExit:
		return r.ended(r.table.Exit(&r.record.Exit, r.record.Time))
	case record.KindCgroup:
		return r.cgroup(&r.record.Cgroup)
	case record.KindCall:
		return r.called(&r.record.Call)
	case record.KindStop:
		return r.stopped(&r.record.Stop)
	case record.KindConnection:
		return r.connection(&r.record.Connection)
	case record.KindDNS:
		return r.dns(&r.record.DNS)
	case record.KindSocket:
		return r.socket(&r.record.Socket)
	case record.KindUnix:
		return r.unix(&r.record.Unix)
	}
	return nil
}

// executed emits that a process runs another program and, if that gave it rights, a row of it.
func (r *rows) executed(p *record.Program) error {
	if len(p.Environment) > 0 {
		p.Environment = keepVariables(p.Environment, r.plan.Load().Environment)
	}
	rights := changed(r.table.Find(p.Process), p.EUID, p.Caps)
	after := r.table.Exec(p)
	starts := r.enter(after)
	e := r.about(after, activityLaunch, r.record.Time)
	if starts {
		event.ContainerStarted.Set(e, true)
	}
	if err := r.finish(e); err != nil || !rights.any() {
		return err
	}
	e = r.about(after, activitySetUser, r.record.Time)
	rights.say(e, r.caps)
	return r.finish(e)
}

// ended emits the end of a process that has run a program of its own, where that is wanted; those that were only forked
// have had no row.
func (r *rows) ended(p *process.Process) error {
	if p == nil {
		r.repeated++
		return nil
	}
	if p.Execs == 0 && p.NSPID == 0 || p.Kernel || r.noEnds {
		return nil
	}
	return r.row(p, activityTerminate, r.record.Time)
}

// row emits a row about a process.
func (r *rows) row(p *process.Process, activity string, at uint64) error {
	e := r.about(p, activity, at)
	if activity == activityTerminate {
		status(e, r.record.Exit.Status)
	}
	return r.finish(e)
}

// about begins a row of table process.
func (r *rows) about(p *process.Process, activity string, at uint64) *event.Event {
	e := r.begin(event.ClassProcess, activity, at)
	r.place(e, p.Cgroup)
	r.describe(e, p, &ofRow)
	event.ProcessExecID.Set(e, int64(p.Execs))
	r.hashing.look(e, p, activity == activityLaunch || activity == activityRunning, activity == activityRunning)
	if p.Session != 0 {
		event.ProcessSessionUID.Set(e, strconv.FormatUint(uint64(p.Session), 10))
	}
	return e
}

// act begins a row of what a process did, in a table other than process. Who calls it sets what was done and finishes
// the row.
func (r *rows) act(class event.Class, activity string, a *record.Actor, at uint64) *event.Event {
	e := r.begin(class, activity, at)
	r.place(e, a.Cgroup)
	if p := r.table.Find(a.Process); p != nil {
		r.describe(e, p, &ofActor)
		return e
	}
	if a.Process.TGID == 0 { // nobody is known
		return e
	}
	event.ActorProcessPID.Set(e, int64(a.Process.TGID))
	id := event.Process{ClusterUID: r.node.ClusterUID, NodeUID: r.node.UID, BootID: r.bootID, TGID: a.Process.TGID, Start: a.Process.Start}
	event.ActorProcessUID.Set(e, id.UID(r.hasher).String())
	return e
}

// begin begins a row.
func (r *rows) begin(class event.Class, activity string, at uint64) *event.Event {
	r.sequence++
	e := &r.event
	e.Reset(class)
	event.MetadataUID.Set(e, r.hasher.Sum(source, r.node.ClusterUID, r.node.UID, r.bootID, strconv.FormatUint(r.sequence, 10)).String())
	event.Time.Set(e, r.clock.at(at))
	event.ReceivedTime.Set(e, r.clock.now().UnixNano())
	event.MetadataSource.Set(e, source)
	event.Activity.Set(e, activity)
	return e
}

// finish counts a row and hands it over.
func (r *rows) finish(e *event.Event) error {
	r.sent++
	return r.hand(e)
}

// hand hands a row over, with the names of its container if there is somebody to ask for them.
func (r *rows) hand(e *event.Event) (err error) {
	id, podUID := event.ContainerUID.Get(e), event.K8sPodUID.Get(e)
	r.mark(e, id, podUID)
	switch {
	case r.naming == nil:
		err = r.emit(e)
	case id != "":
		err = r.naming.row(e, id)
	case podUID != "":
		err = r.naming.podRow(e, podUID)
	default:
		err = r.emit(e)
	}
	if err != nil {
		return fmt.Errorf("hand over an event: %w", err)
	}
	return nil
}

// cgroup takes in the names of a cgroup, and asks at once what its container is called: it has hardly begun.
func (r *rows) cgroup(c *record.Cgroup) error {
	if err := r.cgroups.take(c); err != nil {
		return err
	}
	id := r.cgroups.known[c.ID]
	if r.enforcer != nil {
		if err := r.enforcer.Cgroup(c.ID, id); err != nil {
			return err
		}
	}
	if id.Container == "" || r.naming == nil {
		return nil
	}
	_, err := r.naming.want(id.Container, id.PodUID)
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
