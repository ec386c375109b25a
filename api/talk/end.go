package talk

import (
	"net/netip"
	"strings"

	"github.com/lynceus-io/lynceus/inventory"
)

// Kind is what a node of the map is.
type Kind string

// The kinds of nodes.
const (
	Workload  Kind = "workload" // a pod group, as Kind/name
	Pod       Kind = "pod"
	Service   Kind = "service"
	Host      Kind = "node"    // a machine
	Process   Kind = "process" // programs of one name on a machine, outside pods
	Account   Kind = "account" // a service account
	User      Kind = "user"    // a person, or whoever else signs in by a name of no account
	System    Kind = "system"  // a part of the control plane
	Resource  Kind = "resource"
	APIServer Kind = "apiserver"
	External  Kind = "external" // outside the cluster: a name, or a block of addresses
	Address   Kind = "address"  // one address of such a block
	Unknown   Kind = "unknown"  // an address of which nothing is known
	Elsewhere Kind = "elsewhere"
)

// key identifies a node.
type key struct {
	kind                     Kind
	cluster, namespace, name string
}

// id writes a key. The first three parts have no |.
func (k key) id() string {
	return string(k.kind) + "|" + k.cluster + "|" + k.namespace + "|" + k.name
}

// parseID reads what id writes.
func parseID(text string) (k key, ok bool) {
	parts := strings.SplitN(text, "|", 4)
	if len(parts) != 4 || parts[0] == "" {
		return k, false
	}
	return key{Kind(parts[0]), parts[1], parts[2], parts[3]}, true
}

// end is one end of what a row says.
type end struct {
	key
	owner string
	// part is what the end is looked at closely: a pod of a workload, an
	// address of a block.
	part key
}

// at returns a name or the block of an address outside the pods and nodes
// that are known.
func (r *reader) at(kind, cluster, ip, hostname string) end {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return end{key: key{Unknown, cluster, "", hostname}}
	}
	addr = addr.Unmap().WithZone("")
	e := end{key: key{Unknown, cluster, "", hostname}}
	if kind == "external" || inventory.Public(addr) {
		e.kind, e.cluster = External, "" // the internet is of no cluster
	}
	if hostname == "" {
		e.name = block(addr)
	}
	if r.ask.Owner != nil {
		e.owner = r.ask.Owner(addr)
	}
	e.part = key{Address, e.cluster, "", addr.String()}
	return e
}

// Sizes of the blocks in which addresses without a name are shown: the
// smallest that are commonly given to one network.
const (
	blockBits4 = 24
	blockBits6 = 48
)

func block(addr netip.Addr) string {
	bits := blockBits6
	if addr.Is4() {
		bits = blockBits4
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return addr.String()
	}
	return p.String()
}

const accountPrefix = "system:serviceaccount:"

// user returns who made a request.
func user(cluster, name string) end {
	if account, ok := strings.CutPrefix(name, accountPrefix); ok {
		if namespace, name, ok := strings.Cut(account, ":"); ok {
			return end{key: key{Account, cluster, namespace, name}}
		}
	}
	switch node, ok := strings.CutPrefix(name, "system:node:"); {
	case ok:
		return end{key: key{Host, cluster, "", node}}
	case name == "":
		return end{key: key{User, cluster, "", "not known"}}
	case name == "system:anonymous" || !strings.HasPrefix(name, "system:"):
		return end{key: key{User, cluster, "", name}}
	}
	return end{key: key{System, cluster, "", name}}
}

// hidden says whether an end is of somewhere that whoever asks may not know
// of. People, the API server and the world outside are of no namespace, and
// the rows that name them are of one that may be seen.
func (r *reader) hidden(k key) bool {
	switch {
	case r.ask.Scope.All(), k.kind == External, k.kind == User, k.kind == APIServer, k.kind == Address && k.cluster == "":
		return false
	}
	return !r.ask.Scope.Sees(k.cluster, k.namespace)
}
