package cluster

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
	"github.com/lynceus-io/lynceus/test/cluster/internal/pki"
)

// Servers by which a client configuration reaches the API server.
const (
	FromMachine = ""               // from this machine, over loopback; the API server sees 127.0.0.1
	FromCluster = layout.APIServer // from the node and outside hosts; the API server sees their address
)

// User makes a person, or whatever else has a client certificate, and returns the file of its client configuration.
// server is FromMachine or FromCluster. What the user may do is up to the cluster's role bindings.
func (c *Cluster) User(server, name string, groups ...string) (kubeconfig string, err error) {
	if name == "" || strings.ContainsAny(name, "/\x00") {
		return "", fmt.Errorf("user %q: the name must be usable as a file name", name)
	}
	ca, err := pki.LoadAuthority(c.dir.Cert("ca"), c.dir.Key("ca"))
	if err != nil {
		return "", err
	}
	suffix := "@cluster"
	if server == FromMachine {
		suffix = "@machine"
		config, err := layout.ReadConfig(c.dir)
		if err != nil {
			return "", err
		}
		server = config.Server
	}
	file := "user-" + name + suffix
	if err := ca.Client(name, groups, c.dir.Cert(file), c.dir.Key(file)); err != nil {
		return "", err
	}
	kubeconfig = c.dir.Kubeconfig(file)
	return kubeconfig, pki.WriteKubeconfig(kubeconfig, server, c.dir.Cert("ca"), c.dir.Cert(file), c.dir.Key(file))
}
