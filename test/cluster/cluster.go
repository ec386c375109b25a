package cluster

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
	"github.com/lynceus-io/lynceus/test/cluster/internal/node"
)

// Cluster is a running cluster that its holder keeps alive until Close.
type Cluster struct {
	dir  layout.Dir
	hold *net.UnixConn
}

// attach holds a cluster that is ready.
func attach(d layout.Dir) (*Cluster, error) {
	conn, resp, _, err := ask(d, node.Request{Op: node.OpHold})
	if err != nil {
		return nil, err
	}
	if resp.Phase != node.PhaseReady {
		_ = conn.Close()
		return nil, fmt.Errorf("the cluster in %s is %s: %s", d, resp.Phase, resp.Cause)
	}
	return &Cluster{dir: d, hold: conn}, nil
}

// Close lets go of the cluster. One that was started with a linger time ends when nobody has held it for that long.
func (c *Cluster) Close() error { return c.hold.Close() }

// Down ends the cluster and returns when nothing of it is left.
func (c *Cluster) Down(ctx context.Context) error {
	_ = c.hold.Close()
	return Down(ctx, string(c.dir))
}

// Process is the process id, on this machine, of the cluster's first process. Its files in /proc lead to the cluster's
// namespaces (/proc/PID/ns) and to the node's files (/proc/PID/root), and every process of the cluster ends with it.
func (c *Cluster) Process() (int, error) {
	p, err := readPID(c.dir)
	return p.pid, err
}

// Dir is the cluster's directory, which is gone when the cluster is.
func (c *Cluster) Dir() string { return string(c.dir) }

// Kubeconfig is the file by which a client on this machine is the cluster's administrator.
func (c *Cluster) Kubeconfig() string { return c.dir.Kubeconfig("admin") }

// AuditLog is the file that the API server's log backend writes: one JSON event a line.
func (c *Cluster) AuditLog() string { return c.dir.AuditLog() }

// Log is the log of a component: "kube-apiserver", "kubelet", "node" for the supervisor.
func (c *Cluster) Log(component string) string { return c.dir.Log(component) }

// Kubectl is a kubectl command on this machine, by the cluster's administrator.
func (c *Cluster) Kubectl(ctx context.Context, args ...string) *exec.Cmd {
	return c.kubectl(ctx, c.Kubeconfig(), args)
}

func (c *Cluster) kubectl(ctx context.Context, kubeconfig string, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.dir.Path("bin", "kubectl"), args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "HOME="+string(c.dir))
	return cmd
}
