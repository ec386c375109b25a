// Package layout names the files of a running cluster and its fixed addresses: what the process that starts a cluster,
// the cluster's own supervisor and its clients have to agree upon.
package layout

import (
	"net/netip"
	"path/filepath"
)

// Dir is the directory of one cluster: every file it writes lies below it, on a file system that the machine and the
// cluster's mount namespace share.
type Dir string

// Path joins elements to the directory.
func (d Dir) Path(elem ...string) string {
	return filepath.Join(append([]string{string(d)}, elem...)...)
}

// Config is the configuration the supervisor reads at start, JSON.
func (d Dir) Config() string { return d.Path("config.json") }

// Control is the unix socket on which the supervisor answers.
func (d Dir) Control() string { return d.Path("control.sock") }

// PID holds the host's process id and start time of the first process of the cluster's PID namespace.
func (d Dir) PID() string { return d.Path("pid") }

// Log is the log of one component; "node" is the supervisor's own.
func (d Dir) Log(component string) string { return d.Path("log", component+".log") }

// Cert and Key are a certificate and its private key, PEM.
func (d Dir) Cert(name string) string { return d.Path("pki", name+".crt") }

// Key is the private key of a certificate, PEM.
func (d Dir) Key(name string) string { return d.Path("pki", name+".key") }

// Kubeconfig is the client configuration of a component or user.
func (d Dir) Kubeconfig(name string) string { return d.Path("kubeconfig", name) }

// AuditLog is what the API server's log backend writes, one JSON event a line.
func (d Dir) AuditLog() string { return d.Path("audit.log") }

// AuditPolicy is the policy the API server was started with.
func (d Dir) AuditPolicy() string { return d.Path("audit-policy.yaml") }

// AuditWebhook is the client configuration of the API server's webhook backend; it exists only when there is one.
func (d Dir) AuditWebhook() string { return d.Path("audit-webhook.kubeconfig") }

// Containerd is the socket of the container runtime.
func (d Dir) Containerd() string { return d.Path("containerd.sock") }

// The cluster's addresses. It has a network namespace of its own, so every cluster has the same ones.
var (
	NodeNet     = netip.MustParsePrefix("10.0.0.0/24")
	NodeAddr    = netip.MustParseAddr("10.0.0.10") // the node, its kubelet and the API server
	GatewayAddr = netip.MustParseAddr("10.0.0.1")  // the router of the outside world
	PodNet      = netip.MustParsePrefix("10.244.0.0/16")
	ServiceNet  = netip.MustParsePrefix("10.96.0.0/16")
	APIService  = netip.MustParseAddr("10.96.0.1")  // service kubernetes.default
	DNSService  = netip.MustParseAddr("10.96.0.10") // service kube-dns.kube-system
)

// Names and ports that clients may rely on.
const (
	APIPort    = 6443
	Domain     = "cluster.local"
	APIServer  = "https://10.0.0.10:6443" // at NodeAddr and APIPort
	PauseImage = "lynceus.test/pause:1"   // the image of pod sandboxes
)
