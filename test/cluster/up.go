package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
	"github.com/lynceus-io/lynceus/test/cluster/internal/netns"
	"github.com/lynceus-io/lynceus/test/cluster/internal/node"
)

// Up returns the cluster in config.Dir, started if it is not running. A running one keeps its own configuration; a
// dead one's remains are removed first, as are those of any other on this machine. The result holds the cluster until it is closed.
func Up(ctx context.Context, config Config) (*Cluster, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("a cluster needs root: namespaces, mounts and control groups")
	}
	if config.Dir == "" || config.Self == "" {
		return nil, errors.New("a cluster needs a directory and the program built from cmd/cluster: set Dir and Self")
	}
	dir, err := filepath.Abs(config.Dir)
	if err != nil {
		return nil, err
	}
	d := layout.Dir(dir)
	unlock, err := lock(startLock)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if c, err := attach(d); err == nil {
		return c, nil
	}
	sweep(ctx)
	if err := down(ctx, dir); err != nil {
		return nil, err
	}
	timeout := config.Timeout
	if timeout == 0 {
		timeout = startTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := start(ctx, d, config); err != nil {
		return nil, fmt.Errorf("start cluster: %w", errors.Join(err, down(context.WithoutCancel(ctx), dir)))
	}
	c, err := await(ctx, d)
	if err != nil {
		tail := logTails(d)
		return nil, fmt.Errorf("start cluster: %w\n%s", errors.Join(err, down(context.WithoutCancel(ctx), dir)), tail)
	}
	return c, nil
}

// validNodeName is a DNS subdomain (RFC 1123) that is also a label's value and a host name (sethostname(2)).
var validNodeName = regexp.MustCompile(`^[a-z0-9]([-.a-z0-9]{0,61}[a-z0-9])?$`)

// start writes the cluster's files and starts process 1 of its namespaces.
func start(ctx context.Context, d layout.Dir, config Config) error {
	if missing := Missing(); len(missing) > 0 && config.Install {
		if err := Install(ctx, missing, os.Stderr); err != nil {
			return err
		}
	}
	nodeName := cmp.Or(config.NodeName, defaultNodeName)
	if !validNodeName.MatchString(nodeName) {
		return fmt.Errorf("%q is no name for a node: use lower-case letters, digits, dots and hyphens, at most 63 characters", nodeName)
	}
	found, err := programs(config.Binaries)
	if err != nil {
		return err
	}
	api, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer api.Close()
	server := "https://" + api.Addr().String()
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	group := "lynceus-" + strconv.FormatInt(time.Now().UnixMicro(), 36)
	if err := remember(d, group, process{}); err != nil {
		return err
	}
	err = layout.WriteConfig(d, layout.Config{
		Programs: found, Self: config.Self, NodeName: nodeName, Cgroup: group,
		Server: server, Forward: config.Forward, Linger: config.Linger, AuditWebhook: config.AuditWebhook != nil, APIServer: config.APIServer,
	})
	if err != nil {
		return err
	}
	for _, sub := range []string{"pki", "kubeconfig", "log", "bin"} {
		if err := os.MkdirAll(d.Path(sub), 0o755); err != nil {
			return err
		}
	}
	if err := writeCredentials(d, server, nodeName); err != nil {
		return err
	}
	policy := config.AuditPolicy
	if policy == nil {
		policy = []byte(DefaultAuditPolicy)
	}
	if err := os.WriteFile(d.AuditPolicy(), policy, 0o644); err != nil {
		return err
	}
	if config.AuditWebhook != nil {
		if err := os.WriteFile(d.AuditWebhook(), config.AuditWebhook, 0o600); err != nil {
			return err
		}
	}
	if err := os.Symlink(found["kubectl"], d.Path("bin", "kubectl")); err != nil {
		return err
	}
	p, err := spawn(d, config.Self, api.(*net.TCPListener))
	if err != nil {
		return err
	}
	return errors.Join(writePID(d, p), remember(d, group, p))
}

// namespaces are those that a cluster has to itself.
const namespaces = unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC

// spawn starts process 1.
func spawn(d layout.Dir, self string, api *net.TCPListener) (process, error) {
	listener, err := api.File()
	if err != nil {
		return process{}, err
	}
	defer listener.Close()
	host, err := netns.Current()
	if err != nil {
		return process{}, err
	}
	defer host.Close()
	log, err := os.Create(d.Log("node"))
	if err != nil {
		return process{}, err
	}
	defer log.Close()
	cmd := exec.Command(self, "init", string(d))
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{listener, host}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: namespaces,
	}
	if err := cmd.Start(); err != nil {
		return process{}, fmt.Errorf("start %s in new namespaces: %w", self, err)
	}
	_, started, err := processStat(cmd.Process.Pid)
	if err != nil {
		_ = cmd.Process.Kill()
	}
	go func() { _ = cmd.Wait() }() // so that it leaves no zombie when it ends before this process
	return process{pid: cmd.Process.Pid, start: started}, err
}

// await returns the cluster when it is ready.
func await(ctx context.Context, d layout.Dir) (*Cluster, error) {
	for {
		status, err := call(d, node.Request{Op: node.OpStatus})
		switch {
		case err == nil && status.Phase == node.PhaseReady:
			return attach(d)
		case err == nil && status.Phase == node.PhaseFailed:
			return nil, errors.New(status.Cause)
		case !alive(d):
			return nil, errors.New("its first process ended")
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("it was not ready in time: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
