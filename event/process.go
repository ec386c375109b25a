package event

import "strconv"

// Process is what makes a process itself, for as long as its cluster exists:
// process ids are used again within a boot, and start times alone are not
// unique. An exec does not change it; process.exec_id counts those.
type Process struct {
	ClusterUID string // UID of the kube-system namespace
	NodeUID    string // UID of the Node object
	BootID     string // /proc/sys/kernel/random/boot_id
	TGID       uint32 // thread group id in the root PID namespace
	// Start is the start_boottime of the group's leader, in nanoseconds since
	// the boot, so that an exec by another thread changes nothing.
	Start uint64
}

// UID returns the identity as process.uid and actor.process.uid hold it: the
// same, whichever hook saw the process.
func (p Process) UID(h *UIDHasher) UID {
	return h.Sum("process", p.ClusterUID, p.NodeUID, p.BootID, strconv.FormatUint(uint64(p.TGID), 10), strconv.FormatUint(p.Start, 10))
}
