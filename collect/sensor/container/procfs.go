package container

import "strings"

// OfProcess returns the id of the pod's container that a text of /proc/PID/cgroup names, or nothing for a process of the
// node. Each line is hierarchy:controllers:path.
func OfProcess(text string) string {
	for line := range strings.Lines(text) {
		_, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		_, path, ok := strings.Cut(rest, ":")
		if id := Parse(path); ok && id.Container != "" && id.PodUID != "" {
			return strings.Clone(id.Container)
		}
	}
	return ""
}
