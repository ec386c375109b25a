//go:build linux

package sensor

import "math/bits"

// capabilityNames are those of linux/capability.h, by number.
var capabilityNames = [...]string{
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
	"CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN",
	"CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
	"CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE",
	"CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
	"CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND",
	"CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
}

// maxCapabilitySets is how many sets of capabilities are remembered; a node has a handful.
const maxCapabilitySets = 256

// capabilities remembers the names of sets of capabilities.
type capabilities map[uint64][]string

// names returns the names of a set, in order of their numbers. The caller must not change it.
func (c capabilities) names(set uint64) []string {
	if names, ok := c[set]; ok {
		return names
	}
	names := make([]string, 0, bits.OnesCount64(set))
	for i, name := range capabilityNames {
		if set&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if len(c) >= maxCapabilitySets {
		clear(c)
	}
	c[set] = names
	return names
}
