package cri

import "encoding/json"

// details is what is read of what runtimes tell besides the interface's own fields: an object in JSON, under the key
// "info". Its form is each runtime's own: containerd's is that of its package pkg/cri/server (container_status.go,
// sandbox_status.go), CRI-O's that of server/container_status.go.
type details struct {
	Image  string // of a sandbox, by containerd
	Config *struct {
		Linux struct {
			SecurityContext struct{ Privileged bool } `json:"security_context"`
		}
	} // containerd: what the kubelet asked for
	Privileged *bool // CRI-O
}

// detailsOf reads what a runtime tells besides; what cannot be read is not told.
func detailsOf(info map[string]string) (d details) {
	if json.Unmarshal([]byte(info["info"]), &d) != nil {
		return details{}
	}
	return d
}

// privileged reports whether a container runs privileged, and whether that is told.
func (d details) privileged() (is, known bool) {
	switch {
	case d.Privileged != nil:
		return *d.Privileged, true
	case d.Config != nil:
		return d.Config.Linux.SecurityContext.Privileged, true
	}
	return false, false
}
