package node

import (
	"context"
	"net/netip"

	"github.com/lynceus-io/lynceus/test/cluster/internal/dns"
	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// startDNS makes service kube-dns, whose only endpoint is the node, and answers there from what the API server says.
func (s *supervisor) startDNS(ctx context.Context, admin *api) error {
	for _, r := range dnsObjects() {
		if err := admin.create(ctx, r.path, r.object); err != nil {
			return err
		}
	}
	client, err := newAPI(s.dir, "cluster-dns")
	if err != nil {
		return err
	}
	go follow(ctx, client, "/api/v1/services", func(all map[dns.Key]service) {
		out := map[dns.Key]dns.Service{}
		for key, v := range all {
			out[key] = dns.Service{Addrs: parseAddrs(v.Spec.ClusterIPs), ExternalName: v.Spec.ExternalName}
		}
		s.table.SetServices(out)
	})
	go follow(ctx, client, "/apis/discovery.k8s.io/v1/endpointslices", func(all map[dns.Key]endpointSlice) {
		out := map[dns.Key]dns.Slice{}
		for key, v := range all {
			out[key] = v.slice()
		}
		s.table.SetSlices(out)
	})
	return dns.Serve(ctx, netip.AddrPortFrom(layout.NodeAddr, 53).String(), s.table.Lookup)
}

// service is the part of a Service that names depend on.
type service struct {
	Metadata metadata
	Spec     struct {
		ClusterIPs   []string `json:"clusterIPs"`
		ExternalName string   `json:"externalName"`
	}
}

func (s service) meta() metadata { return s.Metadata }

// endpointSlice is the part of an EndpointSlice that names depend on.
type endpointSlice struct {
	Metadata  metadata
	Endpoints []struct {
		Addresses  []string
		Hostname   string
		Conditions struct{ Ready *bool }
	}
}

func (e endpointSlice) meta() metadata { return e.Metadata }

func (e endpointSlice) slice() dns.Slice {
	out := dns.Slice{Service: e.Metadata.Labels["kubernetes.io/service-name"]}
	for _, p := range e.Endpoints {
		if p.Conditions.Ready == nil || *p.Conditions.Ready { // nil counts as ready (discovery.k8s.io/v1)
			out.Endpoints = append(out.Endpoints, dns.Endpoint{Hostname: p.Hostname, Addrs: parseAddrs(p.Addresses)})
		}
	}
	return out
}

// parseAddrs leaves out what is no address, such as a headless service's "None".
func parseAddrs(texts []string) []netip.Addr {
	var out []netip.Addr
	for _, t := range texts {
		if a, err := netip.ParseAddr(t); err == nil {
			out = append(out, a)
		}
	}
	return out
}

// post is an object and where to create it.
type post struct {
	path   string
	object object
}

// dnsObjects are what the name service is in the cluster: a role of its own, a service, and where that leads.
func dnsObjects() []post {
	const role, group = "lynceus-test:cluster-dns", "rbac.authorization.k8s.io"
	ports := []object{{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}}
	read := []string{"list", "watch"}
	return []post{
		{"/apis/" + group + "/v1/clusterroles", object{
			"metadata": object{"name": role},
			"rules": []object{
				{"apiGroups": []string{""}, "resources": []string{"services"}, "verbs": read},
				{"apiGroups": []string{"discovery.k8s.io"}, "resources": []string{"endpointslices"}, "verbs": read},
			},
		}},
		{"/apis/" + group + "/v1/clusterrolebindings", object{
			"metadata": object{"name": role},
			"roleRef":  object{"apiGroup": group, "kind": "ClusterRole", "name": role},
			"subjects": []object{{"apiGroup": group, "kind": "User", "name": "system:cluster-dns"}},
		}},
		{"/api/v1/namespaces/kube-system/services", object{
			"metadata": object{"name": "kube-dns", "labels": object{"k8s-app": "kube-dns"}},
			"spec":     object{"clusterIP": layout.DNSService.String(), "ports": ports},
		}},
		{"/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices", object{
			"metadata":    object{"name": "kube-dns-node", "labels": object{"kubernetes.io/service-name": "kube-dns"}},
			"addressType": "IPv4",
			"endpoints":   []object{{"addresses": []string{layout.NodeAddr.String()}}},
			"ports":       ports,
		}},
	}
}
