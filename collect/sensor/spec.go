//go:build linux

package sensor

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
)

// Spec says what a sensor is to do. It is plain data; the zero value is of use.
type Spec struct {
	// RingBytes is the size of the memory through which the kernel hands records over: a power of two, of 64 KiB at
	// least; 8 MiB when 0. What finds no room there is lost, and counted.
	RingBytes int
	// TableBytes bounds the memory of processes, 16 MiB when 0.
	TableBytes int64
	// Plan is what is to be observed besides processes.
	Plan plan.Plan
	// Node is what the events are of.
	Node Node
	// Policies are what is stopped from the start. Without them, nothing ever is; a set without policies lets others be
	// put in force later.
	Policies *enforce.Set
	// Guard is the program and its arguments that run package guard; this program with the argument "guard" when empty.
	Guard []string
	// Runtime tells what containers are called. Without it, rows carry only their ids.
	Runtime Runtime
	// AddressNames are names of addresses that rows about connections carry, whether a process has asked for them or not:
	// say, that of the API server's service.
	AddressNames map[netip.Addr]string
	// Pods tells what the API server says of the node's pods, where there is a Runtime. Without it, rows carry no
	// workload and no service account.
	Pods Pods
	// Hash has SHA-256 of each program computed, once for each version of its file. That needs CAP_SYS_PTRACE and
	// CAP_DAC_READ_SEARCH for what others run; what cannot be read has none.
	Hash bool
	// NoEnds leaves out the rows of processes that end. That they do is known all the same.
	NoEnds bool
	// Proc is where procfs is mounted in which all processes of the node are seen; "/proc" when empty.
	Proc string
	// Now is the clock, time.Now when nil.
	Now func() time.Time
	// untyped has tests read as kernels before 6.2 do.
	untyped bool
	// hashRate is digest.Options.Rate, for tests on machines where much else is started.
	hashRate int64
}

// Node is where a sensor looks. What is empty is not said in events; the identity of events and processes is made of
// it, so it should not change while a node runs.
type Node struct {
	Cluster    string // name of the cluster
	ClusterUID string // uid of its namespace kube-system
	Name       string // name of the Node object, or the host's
	UID        string // uid of the Node object, or the host's machine id
}

const (
	defaultRingBytes = 8 << 20
	minRingBytes     = 64 << 10
	maxRingBytes     = 1 << 30
)

// complete returns the spec with its defaults.
func (s Spec) complete() (Spec, error) {
	if s.RingBytes == 0 {
		s.RingBytes = defaultRingBytes
	}
	if s.RingBytes < minRingBytes || s.RingBytes > maxRingBytes || s.RingBytes&(s.RingBytes-1) != 0 {
		return s, fmt.Errorf("a ring of %d bytes cannot be: give a power of two from %d to %d", s.RingBytes, minRingBytes, maxRingBytes)
	}
	if s.Proc == "" {
		s.Proc = "/proc"
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if len(s.Guard) == 0 {
		s.Guard = []string{"/proc/self/exe", "guard"}
	}
	s.Plan.Stop = s.Plan.Stop || s.Policies != nil
	return s, nil
}
