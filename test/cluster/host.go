package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"

	"github.com/lynceus-io/lynceus/test/cluster/internal/netns"
	"github.com/lynceus-io/lynceus/test/cluster/internal/node"
)

// Host is a place in the cluster's network from which a test acts: a machine of the outside world, or the node. It
// shares this machine's files and processes; only its network is its own.
type Host struct {
	name string
	ns   *os.File
}

// Outside makes a machine outside of the cluster that carries addrs, or returns the one of that name. The cluster
// reaches it at those addresses and it reaches the cluster at NodeAddr, where the API server sees addrs[0] as the
// source. The cluster's DNS answers names with addrs; nothing else knows them. It lives as long as the cluster.
func (c *Cluster) Outside(name string, addrs []netip.Addr, names ...string) (*Host, error) {
	return c.host(node.Request{Op: node.OpHost, Name: name, Addrs: addrs, Names: names})
}

// Island makes a machine that is connected to nothing: it reaches itself by its loopback, and nobody else. It belongs to no
// cluster, and is gone with what runs on it and the Host.
func Island(name string) (*Host, error) {
	ip, err := lookPath("ip")
	if err != nil {
		return nil, fmt.Errorf("host %q: %w: install iproute2", name, err)
	}
	ns, err := netns.New()
	if err != nil {
		return nil, fmt.Errorf("host %q: %w", name, err)
	}
	h := &Host{name: name, ns: ns}
	if out, err := h.Output(exec.Command(ip, "link", "set", "lo", "up")); err != nil {
		return nil, errors.Join(fmt.Errorf("host %q: loopback: %w: %s", name, err, out), ns.Close())
	}
	return h, nil
}

// Node is the node itself, with its addresses and routes.
func (c *Cluster) Node() (*Host, error) {
	return c.host(node.Request{Op: node.OpNode, Name: "node"})
}

func (c *Cluster) host(req node.Request) (*Host, error) {
	conn, _, ns, err := ask(c.dir, req)
	if err != nil {
		return nil, err
	}
	_ = conn.Close()
	if ns == nil {
		return nil, fmt.Errorf("host %q: the cluster's supervisor sent no namespace", req.Name)
	}
	return &Host{name: req.Name, ns: ns}, nil
}

// Forward gives the node a loopback port of this machine under the same number, on all the node's addresses: pods and
// the API server reach a receiver that a test runs at 127.0.0.1.
func (c *Cluster) Forward(port int) error {
	_, err := call(c.dir, node.Request{Op: node.OpForward, Port: port})
	return err
}

// Start starts a command whose network is the host's. The caller waits for it.
func (h *Host) Start(cmd *exec.Cmd) error { return netns.Do(h.ns, cmd.Start) }

// Output runs a command whose network is the host's and returns what it writes to standard output and error.
func (h *Host) Output(cmd *exec.Cmd) ([]byte, error) {
	var out []byte
	err := netns.Do(h.ns, func() error {
		var err error
		out, err = cmd.CombinedOutput()
		return err
	})
	return out, err
}

// Listen opens a listener at one of the host's addresses. It may be used from everywhere.
func (h *Host) Listen(network, addr string) (net.Listener, error) {
	var l net.Listener
	err := netns.Do(h.ns, func() error {
		var err error
		l, err = net.Listen(network, addr)
		return err
	})
	return l, err
}

// Dial connects from the host to a literal address. It has the form of http.Transport's DialContext; names must be
// resolved before.
func (h *Host) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if _, err := netip.ParseAddrPort(addr); err != nil {
		return nil, fmt.Errorf("host %q: dial: %w", h.name, err)
	}
	var conn net.Conn
	err := netns.Do(h.ns, func() error {
		var err error
		conn, err = new(net.Dialer).DialContext(ctx, network, addr)
		return err
	})
	return conn, err
}

// Close lets go of the host, which stays in the cluster.
func (h *Host) Close() error { return h.ns.Close() }
