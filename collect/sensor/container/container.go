// Package container says which container and pod a cgroup belongs to, by the names that container runtimes and the
// kubelet give to cgroups: containerd, CRI-O, docker and podman, with the cgroupfs and the systemd driver, in
// hierarchies of version 1 and 2.
package container

import "strings"

// ID names a container. The zero value is none: a process of the node itself.
type ID struct {
	// Container is the id that its runtime gave it, 64 hexadecimal digits; empty in a pod's own cgroup.
	Container string
	// PodUID is the uid of its pod, or for a static pod the hash that the kubelet uses in its place; empty for a
	// container that no kubelet started.
	PodUID string
}

// idLength is that of the ids which all these runtimes give.
const idLength = 64

// runtimes are what stands before a container's id in the names that the systemd driver gives.
var runtimes = []string{"cri-containerd-", "crio-", "docker-", "libpod-", "containerd-"}

// Parse returns what the path of a cgroup says, which begins at the root of its hierarchy.
//
// The outermost pod counts, and the outermost container in it: what lies further in was made by the container itself,
// which may call it what it likes. A container around the pod is the node, of a cluster whose nodes are containers.
func Parse(path string) ID {
	var found ID
	for rest := path; rest != ""; {
		var name string
		name, rest, _ = strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		if found.PodUID == "" {
			if uid, ok := podUID(name); ok {
				found = ID{PodUID: uid}
			}
		}
		if found.Container == "" {
			found.Container = containerID(name)
		}
	}
	return found
}

// podUID returns the uid in a name such as "pod<uid>" or "kubepods-burstable-pod<uid>.slice". The systemd driver writes
// an underscore for each hyphen, which has a meaning there. A runtime that does not know of systemd's form makes
// "kubepods-pod<uid>.slice:cri-containerd:<id>" of it.
func podUID(name string) (string, bool) {
	name, _, _ = strings.Cut(name, ":")
	name, isSlice := strings.CutSuffix(name, ".slice")
	uid, ok := strings.CutPrefix(name, "pod")
	if isSlice {
		i := strings.LastIndex(name, "-pod")
		ok = i >= 0
		uid = name[max(i, 0):]
		uid = strings.ReplaceAll(strings.TrimPrefix(uid, "-pod"), "_", "-")
	}
	return uid, ok && isUID(uid)
}

// containerID returns the id in a name such as "<id>" or "cri-containerd-<id>.scope", or nothing.
func containerID(name string) string {
	name = name[strings.LastIndexByte(name, ':')+1:]
	name = strings.TrimSuffix(name, ".scope")
	for _, prefix := range runtimes {
		if id, ok := strings.CutPrefix(name, prefix); ok {
			name = id
			break
		}
	}
	if len(name) != idLength || !isHex(name) {
		return ""
	}
	return name
}

// isUID reports whether s is a UUID or the 32 hexadecimal digits of a static pod's hash.
func isUID(s string) bool {
	if len(s) == 32 {
		return isHex(s)
	}
	if len(s) != 36 {
		return false
	}
	for _, i := range [...]int{8, 13, 18, 23} {
		if s[i] != '-' {
			return false
		}
	}
	return isHex(s[:8]) && isHex(s[9:13]) && isHex(s[14:18]) && isHex(s[19:23]) && isHex(s[24:])
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
