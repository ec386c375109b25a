// Package cluster starts a real one-node Kubernetes on this machine and takes it down again. The cluster has PID,
// mount, network, UTS and IPC namespaces of its own: its processes end with its first one, its mounts and interfaces go
// with the namespaces, and no interface leads out of them, so that no packet leaves the machine. docs/testing-cluster.md
// describes it.
//
// Tests ask for a cluster through package clustertest.
package cluster

import (
	"os"
	"path/filepath"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// KubernetesVersion is the release that is built and run.
const KubernetesVersion = "v1.36.3"

// Addresses that every cluster has, in its own network namespace.
var (
	NodeAddr = layout.NodeAddr // of the node; the API server answers at its port 6443
	PodNet   = layout.PodNet
	Services = layout.ServiceNet
)

// Config says what cluster to start. Only Dir and Self have to be set.
type Config struct {
	// Dir is the cluster's directory, which must not exist or be empty, or be a cluster's. It may not lie below /run,
	// /var/lib or /var/log, which the node has to itself.
	Dir string
	// Binaries is a directory to take Kubernetes' programs from first; the others come from the cache.
	Binaries string
	// Self is the program built from cmd/cluster, static. The cluster's own processes and its pause image are made of it.
	Self string
	// NodeName is the name of the node, lower case as in a DNS name, such as "ip-10-0-0-10.ec2.internal". "" is "node1".
	NodeName string
	// Linger is how long the cluster lives without a Cluster that holds it. 0 keeps it until Down.
	Linger time.Duration
	// AuditPolicy is the audit policy, YAML or JSON. Nil is DefaultAuditPolicy.
	AuditPolicy []byte
	// AuditWebhook is the client configuration of the webhook backend. Nil is none. A server at https://127.0.0.1:PORT
	// is one on this machine; name the port in Forward.
	AuditWebhook []byte
	// APIServer are more flags for kube-apiserver, such as "--audit-webhook-batch-max-size=10".
	APIServer []string
	// Forward are loopback ports of this machine that the node has, too.
	Forward []int
	// Install installs what is missing with apt-get instead of naming it.
	Install bool
	// Timeout bounds the start. 0 is ten minutes.
	Timeout time.Duration
}

// startTimeout is twenty times what a start takes on two cores that four others want, too.
const startTimeout = 10 * time.Minute

// defaultNodeName is the node's name where Config has none.
const defaultNodeName = "node1"

// CacheDir is where built programs are kept between clusters, below the user's cache directory.
func CacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(base, "lynceus"), nil
}

// SharedDir is the directory of the cluster that tests and developers share.
func SharedDir() string { return filepath.Join(os.TempDir(), "lynceus-cluster") }

// BinariesEnv names a directory with programs of Kubernetes, used before the cache.
const BinariesEnv = "LYNCEUS_KUBERNETES_BINARIES"
