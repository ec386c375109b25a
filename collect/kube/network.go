package kube

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/lynceus-io/lynceus/inventory"
)

// networkResources are those that say where traffic goes.
func networkResources() []Resource {
	return []Resource{
		{Version: "v1", Name: "services", Kind: "Service", fill: typed(fillService)},
		{Group: "discovery.k8s.io", Version: "v1", Name: "endpointslices", Kind: "EndpointSlice", fill: typed(fillSlice)},
		{Group: "networking.k8s.io", Version: "v1", Name: "networkpolicies", Kind: "NetworkPolicy", fill: typed(fillNetworkPolicy)},
		{Group: "networking.k8s.io", Version: "v1", Name: "ingresses", Kind: "Ingress", fill: typed(fillIngress)},
	}
}

func fillService(o *inventory.Object, s *corev1.Service) body {
	o.Addresses = addAddress(o.Addresses, s.Spec.ClusterIP)
	for _, ip := range s.Spec.ClusterIPs {
		o.Addresses = addAddress(o.Addresses, ip)
	}
	for _, ip := range s.Spec.ExternalIPs {
		o.Addresses = addAddress(o.Addresses, ip)
	}
	for _, i := range s.Status.LoadBalancer.Ingress {
		o.Addresses = addAddress(o.Addresses, i.IP)
	}
	return body{"spec": s.Spec}
}

// fillSlice keeps what an endpoint is, not whether it is ready: that changes
// with every probe, and the address alone says where packets may go.
func fillSlice(o *inventory.Object, s *discoveryv1.EndpointSlice) body {
	endpoints := make([]map[string]any, 0, len(s.Endpoints))
	for _, e := range s.Endpoints {
		for _, a := range e.Addresses {
			o.Addresses = addAddress(o.Addresses, a)
		}
		kept := map[string]any{"addresses": e.Addresses}
		if t := e.TargetRef; t != nil {
			kept["targetRef"] = map[string]string{"kind": t.Kind, "namespace": t.Namespace, "name": t.Name, "uid": string(t.UID)}
		}
		if e.NodeName != nil {
			kept["nodeName"] = *e.NodeName
		}
		endpoints = append(endpoints, kept)
	}
	return body{"addressType": s.AddressType, "endpoints": endpoints, "ports": s.Ports}
}

func fillNetworkPolicy(_ *inventory.Object, p *networkingv1.NetworkPolicy) body {
	return body{"spec": p.Spec}
}

func fillIngress(o *inventory.Object, i *networkingv1.Ingress) body {
	for _, in := range i.Status.LoadBalancer.Ingress {
		o.Addresses = addAddress(o.Addresses, in.IP)
	}
	return body{"spec": i.Spec}
}
