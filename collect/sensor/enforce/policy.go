package enforce

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Mode is how far a policy goes.
type Mode uint8

// The modes.
const (
	ModeOff     Mode = iota // it is read, and nothing else
	ModeObserve             // it tells what it would do
	ModeEnforce             // it does it
)

// String returns the mode as policy files have it.
func (m Mode) String() string { return [...]string{"off", "observe", "enforce"}[m] }

// Action is what is done on a match.
type Action uint8

// The actions.
const (
	// KillProcess ends the process in the kernel, before the first instruction of the program that matches.
	KillProcess Action = iota
	// KillContainer does the same, and ends all other processes of the container.
	KillContainer
	// DenyExec has the execution fail with EPERM: the program does not start, the process goes on.
	DenyExec
	// DenyConnect has the connection fail with EPERM: no packet is sent.
	DenyConnect
)

// String returns the action as policy files have it.
func (a Action) String() string {
	return [...]string{"kill-process", "kill-container", "deny-exec", "deny-connect"}[a]
}

// Policy says what is done to what, where.
type Policy struct {
	Name   string
	Mode   Mode
	Action Action
	// Pods are the groups to which it applies.
	Pods []Group
	// SystemPods lets it apply to pods of the cluster itself, too, where Pods has them.
	SystemPods bool
	Match      Match
}

// Group is a set of pods. A field that is Any takes all.
type Group struct{ Namespace, Kind, Workload string }

// Any stands for every namespace, kind or name.
const Any = "*"

// Match is what a policy is about: any of it.
type Match struct {
	// Paths are whole paths of programs, Directories beginnings that end with a slash, both from the root of the
	// container's mount namespace. Names are last parts of paths.
	Paths, Directories, Names []string
	// SHA256 are hashes of programs, in lower-case hexadecimal.
	SHA256 []string
	// MemoryOnly are programs that stand in no directory.
	MemoryOnly bool
	// Dropped are programs that were written into the container's own file system after it started, and are not of its
	// image.
	Dropped bool
	// Connect are addresses that are connected to.
	Connect []Peer
}

// Peer is whom a connection goes to.
type Peer struct {
	Prefix netip.Prefix
	// Ports are those meant; empty for all.
	Ports []uint16
}

// names reports whether a program of that path matches, by what is judged in the kernel.
func (m *Match) names(path string) bool {
	if !strings.HasPrefix(path, "/") { // it stands in no directory, or not all of the path is known
		return false
	}
	for _, dir := range m.Directories {
		if strings.HasPrefix(path, dir) {
			return true
		}
	}
	return slices.Contains(m.Paths, path) || slices.Contains(m.Names, path[strings.LastIndexByte(path, '/')+1:])
}

// MaxPolicies is how many policies there can be at once: each has a bit in the kernel's masks.
const MaxPolicies = 64

// Set is what is in force. It must not be changed once it is handed over.
type Set struct {
	Policies []Policy
	// Bound is how long an execution is held up at most to find out whether it is denied, 0 for the default. What is not
	// known by then is denied where DenyLate is set, else allowed.
	Bound    time.Duration
	DenyLate bool
}

// applies reports whether the policy is for a pod.
func (p *Policy) applies(pod *Pod) bool {
	if p.Mode == ModeOff || pod.Sandbox() || pod.System() && !p.SystemPods {
		return false
	}
	for _, g := range p.Pods {
		if g.has(pod) {
			return true
		}
	}
	return false
}

func (g Group) has(pod *Pod) bool {
	is := func(want, have string) bool { return want == Any || want == have }
	return is(g.Namespace, pod.Namespace) && is(g.Kind, pod.Kind) && is(g.Workload, pod.Workload)
}
