package node

import "os/exec"

// Probe, run as process 1 of namespaces like a cluster's, tries whether mounts and a network can be made in them. The
// network is tried only where the ip program is installed already.
func Probe() error {
	if err := ownMounts(); err != nil {
		return err
	}
	ip, err := exec.LookPath("ip")
	if err != nil {
		return nil
	}
	_, err = newNetwork(ip)
	return err
}
