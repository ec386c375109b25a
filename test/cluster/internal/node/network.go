package node

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
	"github.com/lynceus-io/lynceus/test/cluster/internal/netns"
)

// network is everything the cluster can send packets to: the node's namespace, which this process runs in, a router
// namespace called the world, and one namespace for each outside host. No interface of any of them has its other end
// in the machine's own namespace, so no packet can leave.
type network struct {
	ip    string // the ip program
	node  *os.File
	world *os.File

	mu    sync.Mutex
	hosts map[string]*os.File
}

// linkAddr is the world's address on every link to an outside host.
const linkAddr = "169.254.1.1"

// newNetwork sets up the node's namespace and the world.
func newNetwork(ip string) (*network, error) {
	node, err := netns.Current()
	if err != nil {
		return nil, err
	}
	world, err := netns.New()
	if err != nil {
		return nil, err
	}
	n := &network{ip: ip, node: node, world: world, hosts: map[string]*os.File{}}
	bits := layout.NodeNet.Bits()
	err = errors.Join(
		n.run(node, "link set lo up"),
		n.link(node, "eth0", world, "node"),
		n.run(node, fmt.Sprintf("addr add %s/%d dev eth0", layout.NodeAddr, bits)),
		n.run(world, "link set lo up"),
		n.run(world, fmt.Sprintf("addr add %s/%d dev node", layout.GatewayAddr, bits)),
		n.run(node, fmt.Sprintf("route add default via %s", layout.GatewayAddr)),
		n.run(world, "route add unreachable default"),
		forward(node), forward(world),
	)
	return n, err
}

// host makes an outside host that carries addrs, or returns the one of that name. The world routes the addresses to
// it, and it sends everything to the world.
func (n *network) host(name string, addrs []netip.Addr) (*os.File, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if f := n.hosts[name]; f != nil {
		return f, nil
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("no outside host is called %q, and a new one needs an address", name)
	}
	for _, a := range addrs {
		if !a.Is4() || layout.NodeNet.Contains(a) || layout.PodNet.Contains(a) || layout.ServiceNet.Contains(a) {
			return nil, fmt.Errorf("outside host %q: %s is no IPv4 address outside of the cluster", name, a)
		}
	}
	ns, err := netns.New()
	if err != nil {
		return nil, err
	}
	peer := fmt.Sprintf("host%d", len(n.hosts))
	errs := []error{
		n.link(ns, "eth0", n.world, peer),
		n.run(ns, "link set lo up"),
		n.run(n.world, fmt.Sprintf("addr add %s/32 dev %s", linkAddr, peer)),
	}
	for _, a := range addrs {
		errs = append(errs,
			n.run(ns, fmt.Sprintf("addr add %s/32 dev eth0", a)),
			n.run(n.world, fmt.Sprintf("route add %s/32 dev %s", a, peer)))
	}
	errs = append(errs, n.run(ns, fmt.Sprintf("route add default via %s dev eth0 onlink src %s", linkAddr, addrs[0])))
	if err := errors.Join(errs...); err != nil {
		_ = ns.Close()
		return nil, fmt.Errorf("outside host %q: %w", name, err)
	}
	n.hosts[name] = ns
	return ns, nil
}

// link joins two namespaces by a pair of interfaces and brings both up.
func (n *network) link(a *os.File, aName string, b *os.File, bName string) error {
	ns := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), b.Fd())
	return errors.Join(
		n.run(a, fmt.Sprintf("link add %s type veth peer name %s netns %s", aName, bName, ns)),
		n.run(a, "link set "+aName+" up"),
		n.run(b, "link set "+bName+" up"),
	)
}

// run runs ip with the words of args in a namespace.
func (n *network) run(ns *os.File, args string) error {
	return netns.Do(ns, func() error {
		out, err := exec.Command(n.ip, strings.Fields(args)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("ip %s: %w: %s", args, err, strings.TrimSpace(string(out)))
		}
		return nil
	})
}

// forward lets a namespace pass on packets that are not for itself.
func forward(ns *os.File) error {
	return netns.Do(ns, func() error {
		return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0)
	})
}

// setHostname names the node in its own UTS namespace.
func setHostname(name string) error { return unix.Sethostname([]byte(name)) }
