// Package privilege lists the capabilities that the node sensor keeps, and why. All others are given up before anything
// else is done, by cli/spawn. docs/sensor.md has the same list; a test compares.
package privilege

// Capability is one of capabilities(7).
type Capability struct {
	Number uint // as in linux/capability.h
	Name   string
	Why    string // what the sensor cannot do without it
}

// Kept returns the capabilities that the sensor keeps, in order of their numbers.
func Kept() []Capability {
	return []Capability{
		{2, "CAP_DAC_READ_SEARCH", "reading executed files and lists of users of containers, whoever owns them"},
		{5, "CAP_KILL", "ending processes of other users, where policies stop something"},
		{12, "CAP_NET_ADMIN", "attaching programs to cgroups, which see connections"},
		{19, "CAP_SYS_PTRACE", "following /proc/PID/root and /proc/PID/exe of other users' processes"},
		{21, "CAP_SYS_ADMIN", "marking file systems (fanotify), entering network namespaces, having the kernel measure the hooks"},
		{24, "CAP_SYS_RESOURCE", "locking memory for programs before Linux 5.11"},
		{38, "CAP_PERFMON", "programs that read the kernel's memory and are attached to tracepoints"},
		{39, "CAP_BPF", "loading programs and their maps"},
	}
}

// Set returns the set of Kept, bit n for capability n.
func Set() (set uint64) {
	for _, c := range Kept() {
		set |= 1 << c.Number
	}
	return set
}
