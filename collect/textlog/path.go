package textlog

import (
	"path/filepath"
	"strings"
)

// place is what a path says.
type place struct {
	namespace, pod, podUID, container, containerID string
	// name is what the file is called, without what rotation adds.
	name string
}

// inPod reports whether it is the log of a container of a pod.
func (p *place) inPod() bool { return p.pod != "" }

// placeOf reads the paths that the kubelet makes
// (https://kubernetes.io/docs/concepts/cluster-administration/logging/):
// /var/log/pods/NAMESPACE_POD_UID/CONTAINER/N.log, and the links to them,
// /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log.
func placeOf(path string) (p place) {
	parts := strings.Split(filepath.ToSlash(path), "/")
	n := len(parts)
	base := parts[n-1]
	if n >= 4 && parts[n-4] == "pods" {
		if ids := strings.Split(parts[n-3], "_"); len(ids) == 3 && ids[0] != "" && ids[1] != "" {
			p.namespace, p.pod, p.podUID, p.container = ids[0], ids[1], ids[2], parts[n-2]
			p.name = p.container
			return p
		}
	}
	if ids := strings.Split(strings.TrimSuffix(base, ".log"), "_"); n >= 2 && parts[n-2] == "containers" && len(ids) == 3 {
		if i := strings.LastIndexByte(ids[2], '-'); i > 0 && ids[0] != "" && ids[1] != "" {
			p.pod, p.namespace, p.container, p.containerID = ids[0], ids[1], ids[2][:i], ids[2][i+1:]
			p.name = p.container
			return p
		}
	}
	p.name, _, _ = strings.Cut(base, ".log")
	return p
}
