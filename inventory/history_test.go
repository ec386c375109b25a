package inventory

import (
	"net/netip"
	"testing"
)

const second = int64(1e9)

func ips(texts ...string) (out []netip.Addr) {
	for _, t := range texts {
		out = append(out, netip.MustParseAddr(t))
	}
	return out
}

// somePod returns a pod of namespace shop as it was seen at a second.
func somePod(name string, change Change, at, created int64, addresses ...string) *Object {
	return &Object{
		Cluster: "prod", ClusterUID: "c1", Time: at * second, Change: change,
		Version: "v1", Resource: "pods", Kind: "Pod", Namespace: "shop", Name: name, UID: "uid-" + name, ResourceVersion: "1",
		Created: created * second, Node: "node1", ServiceAccount: "web", Addresses: ips(addresses...),
	}
}

func with(o *Object, change func(*Object)) *Object {
	change(o)
	return o
}

func history(objects ...*Object) *History {
	h := NewHistory(HistoryOptions{})
	for _, o := range objects {
		h.Apply(o)
	}
	return h
}

func TestEnd(t *testing.T) {
	type objects []*Object
	hosted := func(o *Object) { o.HostNetwork = true }
	node := func(name string, addresses ...string) *Object {
		return &Object{
			Cluster: "prod", ClusterUID: "c1", Time: 5 * second, Change: Present, Version: "v1", Resource: "nodes", Kind: "Node",
			Name: name, UID: "uid-" + name, ResourceVersion: "1", Created: 1 * second, Addresses: ips(addresses...),
			Networks: []netip.Prefix{netip.MustParsePrefix("10.244.0.0/24"), netip.MustParsePrefix("2001:470:1:2::/64")},
		}
	}
	service := func(namespace, name, address string) *Object {
		return &Object{
			Cluster: "prod", ClusterUID: "c1", Time: 5 * second, Change: Added, Version: "v1", Resource: "services", Kind: "Service",
			Namespace: namespace, Name: name, UID: "uid-" + name, ResourceVersion: "1", Created: 5 * second, Addresses: ips(address),
		}
	}
	slice := func(addresses ...string) *Object {
		return &Object{
			Cluster: "prod", ClusterUID: "c1", Time: 5 * second, Change: Present, Group: "discovery.k8s.io", Version: "v1",
			Resource: "endpointslices", Kind: "EndpointSlice", Namespace: "default", Name: "kubernetes", UID: "uid-slice",
			ResourceVersion: "1", Created: 1 * second, Addresses: ips(addresses...),
			Labels: map[string]string{"kubernetes.io/service-name": "kubernetes"},
		}
	}
	a := somePod("a", Changed, 102, 100, "10.244.0.5")
	aGone := somePod("a", Deleted, 200, 100, "10.244.0.5")
	aDying := with(somePod("a", Changed, 190, 100, "10.244.0.5"), func(o *Object) { o.Deleting = 220 * second })
	b := somePod("b", Changed, 196, 194, "10.244.0.5")
	bLater := somePod("b", Changed, 210, 205, "10.244.0.5")
	tests := []struct {
		name    string
		objects objects
		address string
		at      int64
		want    string // kind namespace/name pods
	}{
		{"a pod has its address", objects{a}, "10.244.0.5", 150, "pod shop/a 1"},
		{"an IPv4 address in an IPv6 one", objects{a}, "::ffff:10.244.0.5", 150, "pod shop/a 1"},
		{"a pod that has just got it", objects{a}, "10.244.0.5", 100, "pod shop/a 1"},
		{"before it was created", objects{a}, "10.244.0.5", 99, "unknown / 0"},
		{"long before it was seen", objects{somePod("a", Changed, 500, 100, "10.244.0.5")}, "10.244.0.5", 300, "unknown / 0"},
		{"present when watching began", objects{somePod("a", Present, 500, 100, "10.244.0.5")}, "10.244.0.5", 300, "pod shop/a 1"},
		{"deleted", objects{a, aGone}, "10.244.0.5", 200, "unknown / 0"},
		{"until it is deleted", objects{a, aGone}, "10.244.0.5", 199, "pod shop/a 1"},
		{"known from its deletion only", objects{aGone}, "10.244.0.5", 150, "pod shop/a 1"},
		{"a failed pod has none", objects{a, with(somePod("a", Changed, 180, 100, "10.244.0.5"), func(o *Object) { o.Phase = "Failed" })}, "10.244.0.5", 181, "unknown / 0"},
		{"a failed pod had one", objects{a, with(somePod("a", Changed, 180, 100, "10.244.0.5"), func(o *Object) { o.Phase = "Failed" })}, "10.244.0.5", 179, "pod shop/a 1"},
		{"reused", objects{a, aGone, bLater}, "10.244.0.5", 211, "pod shop/b 1"},
		{"reused, in between", objects{a, aGone, bLater}, "10.244.0.5", 204, "unknown / 0"},
		{"reused, before it was told", objects{a, aGone, bLater}, "10.244.0.5", 206, "pod shop/b 1"},
		{"the end was seen late", objects{a, aGone, b}, "10.244.0.5", 197, "pod shop/b 1"},
		{"the end was seen late, the first being ended", objects{a, aDying, aGone, b}, "10.244.0.5", 195, "pod shop/b 1"},
		{"the next exists and waits", objects{a, aGone, b}, "10.244.0.5", 195, "pod shop/a 1"},
		{"a younger pod got it before", objects{a, b}, "10.244.0.5", 197, "pod shop/b 1"},
		{"gone while nobody watched: until last seen", objects{a, somePod("a", Gone, 9000, 100, "10.244.0.5")}, "10.244.0.5", 102, "pod shop/a 1"},
		{"gone while nobody watched: not after", objects{a, somePod("a", Gone, 9000, 100, "10.244.0.5")}, "10.244.0.5", 8990, "unknown / 0"},
		{"the watch was running meanwhile", objects{a, somePod("a", Gone, 9000, 100, "10.244.0.5"), somePod("z", Changed, 6000, 100, "10.244.0.9")}, "10.244.0.5", 5900, "pod shop/a 1"},
		{"seen after it was missed", objects{somePod("a", Gone, 9000, 100, "10.244.0.5"), a, somePod("a", Changed, 9100, 100, "10.244.0.5")}, "10.244.0.5", 9001, "pod shop/a 1"},
		{"another address", objects{a, somePod("a", Changed, 150, 100, "10.244.0.6")}, "10.244.0.5", 151, "unknown / 0"},
		{"another address, before", objects{a, somePod("a", Changed, 150, 100, "10.244.0.6")}, "10.244.0.5", 149, "pod shop/a 1"},
		{"both families", objects{somePod("a", Changed, 102, 100, "10.244.0.5", "fd00::5")}, "fd00::5", 151, "pod shop/a 1"},

		{"node", objects{node("node1", "10.0.0.10")}, "10.0.0.10", 50, "node /node1 0"},
		{"a pod in its network", objects{node("node1", "10.0.0.10"), with(somePod("h", Changed, 102, 100, "10.0.0.10"), hosted)}, "10.0.0.10", 150, "node /node1 1 only h"},
		{"two pods in its network", objects{node("node1", "10.0.0.10"), with(somePod("h", Changed, 102, 100, "10.0.0.10"), hosted), with(somePod("i", Changed, 102, 100, "10.0.0.10"), hosted)}, "10.0.0.10", 150, "node /node1 2"},
		{"one of two is gone", objects{node("node1", "10.0.0.10"), with(somePod("h", Changed, 102, 100, "10.0.0.10"), hosted), with(somePod("i", Deleted, 120, 100, "10.0.0.10"), hosted)}, "10.0.0.10", 150, "node /node1 1 only h"},
		{"the node is not known", objects{with(somePod("h", Changed, 102, 100, "10.0.0.10"), hosted)}, "10.0.0.10", 150, "node /node1 1 only h"},
		{"service", objects{service("shop", "web", "10.96.0.7")}, "10.96.0.7", 150, "service shop/web 0"},
		{"before the service", objects{service("shop", "web", "10.96.0.7")}, "10.96.0.7", 4, "unknown / 0"},
		{"the API server's service", objects{service("default", "kubernetes", "10.96.0.1")}, "10.96.0.1", 150, "apiserver default/kubernetes 0 server"},
		{"the API server's endpoint", objects{slice("172.16.0.2")}, "172.16.0.2", 150, "apiserver default/kubernetes 0 server"},
		{"an API server on a node", objects{slice("10.0.0.10"), node("node1", "10.0.0.10")}, "10.0.0.10", 150, "node /node1 0 server"},
		{"of the internet", objects{a}, "203.0.113.66", 150, "external / 0"},
		{"of the internet, of nothing", nil, "203.0.113.66", 150, "external / 0"},
		{"of a pod some time", objects{somePod("a", Changed, 102, 100, "203.0.113.66")}, "203.0.113.66", 50, "unknown / 0"},
		{"private", objects{a}, "192.168.3.4", 150, "unknown / 0"},
		{"loopback", objects{a}, "127.0.0.1", 150, "unknown / 0"},
		{"in a range of pods", objects{node("node1", "10.0.0.10")}, "10.244.0.77", 150, "unknown / 0 in network"},
		{"in a public range of pods", objects{node("node1", "10.0.0.10")}, "2001:470:1:2::77", 150, "unknown / 0 in network"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, h := range []*History{history(tt.objects...), history(reversed(tt.objects)...), history(append(tt.objects, tt.objects...)...)} {
				if got := endText(h.End("", netip.MustParseAddr(tt.address), tt.at*second)); got != tt.want {
					t.Errorf("End(%s, %d) = %q, want %q", tt.address, tt.at, got, tt.want)
				}
			}
		})
	}
}
