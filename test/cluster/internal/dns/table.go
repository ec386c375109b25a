// Package dns is the name service of a test cluster: the addresses of services and headless endpoints below the
// cluster's domain, and of the names that outside hosts carry. It never asks another server; what it does not know
// does not exist.
package dns

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// Key names a Kubernetes object: its namespace and its own name.
type Key struct{ Namespace, Name string }

// Service is what a service contributes.
type Service struct {
	Addrs        []netip.Addr // its cluster addresses; none when it is headless
	ExternalName string
}

// Slice is what an endpoint slice contributes.
type Slice struct {
	Service   string // the name of its service, in the same namespace
	Endpoints []Endpoint
}

// Endpoint is a ready address of a slice.
type Endpoint struct {
	Hostname string // "" when it has none
	Addrs    []netip.Addr
}

// Table holds what is known. Its methods may be called by several goroutines.
type Table struct {
	domain string // ".svc.cluster.local"

	mu       sync.RWMutex
	services map[Key]Service
	slices   map[Key]Slice
	outside  map[string][]netip.Addr
}

// NewTable returns an empty table for a cluster domain such as "cluster.local".
func NewTable(domain string) *Table {
	return &Table{
		domain:   ".svc." + domain,
		services: map[Key]Service{}, slices: map[Key]Slice{}, outside: map[string][]netip.Addr{},
	}
}

// SetServices replaces all services.
func (t *Table) SetServices(all map[Key]Service) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.services = maps.Clone(all)
}

// SetSlices replaces all endpoint slices.
func (t *Table) SetSlices(all map[Key]Slice) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.slices = maps.Clone(all)
}

// SetOutside gives names outside of the cluster their addresses.
func (t *Table) SetOutside(names []string, addrs []netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range names {
		t.outside[canonical(n)] = slices.Clone(addrs)
	}
}

// maxAliases bounds how many external names are followed.
const maxAliases = 8

// Lookup returns the IPv4 and IPv6 addresses of a name, and whether the name exists.
func (t *Table) Lookup(name string) ([]netip.Addr, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	name = canonical(name)
	for range maxAliases {
		rest, inside := strings.CutSuffix(name, t.domain)
		if !inside {
			addrs, ok := t.outside[name]
			return addrs, ok
		}
		labels := strings.Split(rest, ".")
		key := Key{Namespace: labels[len(labels)-1]}
		switch len(labels) {
		case 2:
			key.Name = labels[0]
			service, ok := t.services[key]
			if ok && service.ExternalName != "" {
				name = canonical(service.ExternalName)
				continue
			}
			if ok && len(service.Addrs) == 0 {
				return t.endpoints(key, ""), true
			}
			return service.Addrs, ok
		case 3:
			key.Name = labels[1]
			addrs := t.endpoints(key, labels[0])
			return addrs, len(addrs) > 0
		default:
			return nil, false
		}
	}
	return nil, false
}

// endpoints are the addresses of a service's endpoints, of the one called hostname unless that is "".
func (t *Table) endpoints(service Key, hostname string) []netip.Addr {
	var out []netip.Addr
	for key, s := range t.slices {
		if key.Namespace != service.Namespace || s.Service != service.Name {
			continue
		}
		for _, e := range s.Endpoints {
			if hostname == "" || e.Hostname == hostname {
				out = append(out, e.Addrs...)
			}
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return slices.Compact(out)
}

// canonical is a name in lower case without its final dot.
func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
